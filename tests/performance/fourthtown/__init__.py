"""A fourth made town, written by someone who had read nothing of the detection: only what a town's files look like.

Its people call as published studies of call records found: ties of very unequal strength, triangles, trains of calls
on one tie, more calls back than chance (Onnela et al. 2007, Candia et al. 2008, Karsai et al. 2012, Kovanen et al.
2010). Its callers by trade, wanted and unwanted, go through one and the same engine (`work`); a style (`unwanted`,
`wanted`) is only a row of habits, each with a centre and a spread, of which every caller draws its own.
"""
