"""A second made town, to measure nuisance-call detection on: written from what is publicly known of telephone habits,
without knowledge of the rules it is to judge nor of the first town.

Ground taken from the literature: double-Pareto lognormal activity (Seshadri et al. 2008), log-logistic talk times per
user (Vaz de Melo et al. 2010), robocalls in many small campaigns with little reuse of numbers (Prasad et al. 2020), and
the in/out, reciprocity and distinct-callee traits that spam studies of call records name. Everything else is a guess.
The first day should be a Monday. Talking people may still be rung by others: a line is busy only by chance.
"""
