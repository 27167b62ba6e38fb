-- The features of detection as somebody writes them by hand for DuckDB alone, with what it knows best: all steps that
-- are used twice are tables, one pass makes the sums, pairs hold both directions. :begin, :end in seconds since 1970,
-- :offset seconds east of UTC; views calls, refusals, numbers, trunks as in detection/features/columns.py.
CREATE TEMP VIEW seen AS
SELECT at_us // 1000000 AS s, (at_us // 1000000 + :offset) // 60 % 1440 AS minute, caller, caller_tail, caller_kind,
    callee, callee_tail, callee_kind, coalesce(trunk, 0) AS trunk, coalesce(holder, 0) AS holder,
    coalesce(principal, 0) AS principal, coalesce(use, -1) AS use, coalesce(decision, -1) AS decision,
    coalesce(cause, -1) AS cause, coalesce(near, -1) AS near, answered IS NOT NULL AS known,
    coalesce(answered, false) AS answered, CASE WHEN ring_ms >= 0 THEN ring_ms ELSE -1 END AS ring,
    CASE WHEN answered AND talk_ms >= 0 THEN talk_ms ELSE -1 END AS talk
FROM calls WHERE at_us >= :begin * 1000000 AND at_us < :end * 1000000;

CREATE TEMP TABLE owners AS
SELECT caller, coalesce(holder, 0) AS holder, coalesce(principal, 0) AS principal, coalesce(use, -1)::BIGINT AS use,
    coalesce(sort, 0)::BIGINT AS sort,
    CASE WHEN :end >= since_s THEN (:end - since_s) // 86400 ELSE -1 END AS age_days
FROM numbers;

-- refusals of a use hold for calls of that use or of unknown use
CREATE TEMP TABLE said AS SELECT callee, party, caller, at_s, coalesce(use, -1) AS use FROM refusals;
CREATE TEMP TABLE others AS
SELECT r.callee, CASE WHEN o.principal <> 0 THEN o.principal ELSE o.holder END AS party, r.caller, r.at_s, r.use
FROM said r JOIN owners o ON r.caller = o.caller AND r.caller <> 0;

CREATE TEMP TABLE hits AS
WITH mine AS (
    SELECT row_number() OVER () AS id, c.caller, c.callee, c.trunk, c.s,
        CASE WHEN coalesce(o.holder, 0) <> 0 THEN o.holder ELSE c.holder END AS holder,
        CASE WHEN c.principal <> 0 THEN c.principal ELSE coalesce(o.principal, 0) END AS principal,
        CASE WHEN c.use >= 0 THEN c.use ELSE coalesce(o.use, -1) END AS use
    FROM seen c SEMI JOIN said USING (callee) LEFT JOIN owners o ON c.caller = o.caller
), found AS (
    SELECT m.id, false AS other FROM mine m JOIN said r ON m.callee = r.callee AND m.caller = r.caller AND m.s > r.at_s
        AND r.caller <> 0 AND (r.use < 0 OR m.use < 0 OR m.use = r.use)
    UNION ALL
    SELECT m.id, false FROM mine m JOIN said r ON m.callee = r.callee AND m.s > r.at_s AND r.party <> 0
        AND (m.holder = r.party OR m.principal = r.party) AND (r.use < 0 OR m.use < 0 OR m.use = r.use)
    UNION ALL
    SELECT m.id, r.caller <> m.caller FROM mine m JOIN others r ON m.callee = r.callee AND m.s > r.at_s AND r.party <> 0
        AND (m.holder = r.party OR m.principal = r.party) AND (r.use < 0 OR m.use < 0 OR m.use = r.use)
    UNION ALL
    SELECT m.id, false FROM mine m JOIN said r ON m.callee = r.callee AND m.s > r.at_s AND r.party = 0 AND r.caller = 0
        AND m.use >= 0 AND m.use = r.use
)
SELECT m.caller, m.callee, m.trunk, m.holder, f.other
FROM mine m JOIN (SELECT id, bool_or(other) AS other FROM found GROUP BY id) f USING (id);

CREATE TEMP TABLE hops AS
SELECT holder, callee FROM hits WHERE holder <> 0 GROUP BY ALL HAVING count(DISTINCT caller) >= 2 OR bool_or(other);

CREATE TEMP TABLE strands AS
SELECT caller, trunk, count(*) AS calls, bool_or(caller_kind = 32) AS nowhere
FROM seen WHERE caller_kind NOT IN (30, 31) GROUP BY ALL;

CREATE TEMP TABLE subjects AS
SELECT caller FROM strands GROUP BY caller HAVING sum(calls) >= 5 OR bool_or(nowhere)
UNION SELECT caller FROM owners UNION SELECT caller FROM hits;

CREATE TEMP TABLE pair AS
SELECT least(caller, callee) AS low, greatest(caller, callee) AS high,
    count(*) FILTER (caller <= callee) AS out_calls, min(s) FILTER (caller <= callee) AS out_first,
    max(s) FILTER (caller <= callee) AS out_last, max(trunk) FILTER (caller <= callee) AS out_trunk,
    count(*) FILTER (caller > callee) AS back_calls, min(s) FILTER (caller > callee) AS back_first,
    max(s) FILTER (caller > callee) AS back_last, max(trunk) FILTER (caller > callee) AS back_trunk
FROM seen WHERE caller_kind NOT IN (30, 31) GROUP BY ALL;

CREATE TEMP VIEW ends AS
SELECT low AS caller, high AS callee, out_calls AS calls, out_first AS first, out_last AS last, out_trunk AS trunk,
    back_calls, back_first, back_last FROM pair
UNION ALL
SELECT high, low, back_calls, back_first, back_last, back_trunk, out_calls, out_first, out_last
FROM pair WHERE low <> high;

CREATE TEMP TABLE links AS
SELECT *, calls > 0 AND back_calls > 0 AND back_last >= first AS returned,
    calls > 0 AND (first + :offset) // 86400 <> (last + :offset) // 86400 AS repeated, back_calls > 0 AS sought,
    back_calls > 0 AND (calls = 0 OR back_first < first) AS first_in
FROM ends SEMI JOIN subjects USING (caller);

CREATE TEMP TABLE met AS
SELECT c.caller, c.trunk FROM seen c
JOIN (SELECT * FROM ends WHERE calls > 1 AND back_first >= first AND back_first < last) e
    ON c.caller = e.caller AND c.callee = e.callee AND c.s > e.back_first
WHERE c.caller_kind NOT IN (30, 31);

CREATE TEMP TABLE hot AS
SELECT *, count(*) OVER (PARTITION BY callee ORDER BY s RANGE BETWEEN 3599 PRECEDING AND CURRENT ROW) AS within
FROM (SELECT caller, callee, callee_tail, callee_kind, trunk, s, known, answered, talk FROM seen
    SEMI JOIN (SELECT callee FROM seen GROUP BY callee HAVING count(*) >= 20) USING (callee));

CREATE TEMP MACRO most(calls_of) AS TABLE
SELECT subject, max(n) AS most FROM (
    SELECT subject, sum(n) OVER (PARTITION BY subject ORDER BY s RANGE BETWEEN 3599 PRECEDING AND CURRENT ROW) AS n
    FROM query_table(calls_of)
) GROUP BY subject HAVING max(n) >= 20;

CREATE TEMP TABLE cells AS
SELECT c.*, CASE WHEN o.caller IS NOT NULL AND NOT t.own THEN calls ELSE 0 END AS foreign,
    CASE WHEN (o.caller IS NOT NULL AND NOT t.own) OR unallocated > 0 THEN calls ELSE 0 END AS spoofed,
    CASE WHEN t.own THEN calls ELSE 0 END AS own_calls, CASE WHEN NOT t.own THEN calls ELSE 0 END AS other_calls
FROM (
    SELECT caller, trunk, min(caller_tail) AS tail, min(caller_kind) AS caller_kind, max(holder) AS holder,
    max(principal) AS principal, max(use) AS use, min(s) AS first_s, max(s) AS last_s,
    count(*) AS calls, count(*) FILTER (known) AS recorded, count(*) FILTER (answered) AS answered,
    count(*) FILTER (ring >= 0) AS rung, sum(greatest(ring, 0)) AS ring_ms,
    count(*) FILTER (talk >= 0 AND talk < 10000) AS short, count(*) FILTER (talk >= 60000) AS long,
    sum(greatest(talk, 0)) AS talk_ms, sum((greatest(talk, 0)::BIGINT // 1000) ** 2)::BIGINT AS talk_s2,
    count(*) FILTER (minute < 420 OR minute >= 1320) AS night,
    count(*) FILTER (known AND NOT answered AND ring >= 0 AND ring <= 6000) AS one_ring,
    count(*) FILTER (cause = 21) AS rejected, count(*) FILTER (cause = 1 OR callee_kind IN (31, 32)) AS unused,
    count(*) FILTER (near >= 7) AS near, count(*) FILTER (caller_kind = 32) AS unallocated,
    count(*) FILTER (decision = 2) AS refused_by_gate,
    count(*) FILTER (minute // 60 = 0) AS h0, count(*) FILTER (minute // 60 = 1) AS h1,
    count(*) FILTER (minute // 60 = 2) AS h2, count(*) FILTER (minute // 60 = 3) AS h3,
    count(*) FILTER (minute // 60 = 4) AS h4, count(*) FILTER (minute // 60 = 5) AS h5,
    count(*) FILTER (minute // 60 = 6) AS h6, count(*) FILTER (minute // 60 = 7) AS h7,
    count(*) FILTER (minute // 60 = 8) AS h8, count(*) FILTER (minute // 60 = 9) AS h9,
    count(*) FILTER (minute // 60 = 10) AS h10, count(*) FILTER (minute // 60 = 11) AS h11,
    count(*) FILTER (minute // 60 = 12) AS h12, count(*) FILTER (minute // 60 = 13) AS h13,
    count(*) FILTER (minute // 60 = 14) AS h14, count(*) FILTER (minute // 60 = 15) AS h15,
    count(*) FILTER (minute // 60 = 16) AS h16, count(*) FILTER (minute // 60 = 17) AS h17,
    count(*) FILTER (minute // 60 = 18) AS h18, count(*) FILTER (minute // 60 = 19) AS h19,
    count(*) FILTER (minute // 60 = 20) AS h20, count(*) FILTER (minute // 60 = 21) AS h21,
    count(*) FILTER (minute // 60 = 22) AS h22, count(*) FILTER (minute // 60 = 23) AS h23,
    count(*) FILTER (talk >= 0 AND talk < 5000) AS talk_0,
    count(*) FILTER (talk >= 5000 AND talk < 10000) AS talk_1,
    count(*) FILTER (talk >= 10000 AND talk < 20000) AS talk_2,
    count(*) FILTER (talk >= 20000 AND talk < 40000) AS talk_3,
    count(*) FILTER (talk >= 40000 AND talk < 80000) AS talk_4,
    count(*) FILTER (talk >= 80000 AND talk < 160000) AS talk_5,
    count(*) FILTER (talk >= 160000 AND talk < 320000) AS talk_6,
    count(*) FILTER (talk >= 320000) AS talk_7
    FROM seen SEMI JOIN subjects USING (caller) WHERE caller_kind NOT IN (30, 31) GROUP BY ALL
) c LEFT JOIN owners o ON c.caller = o.caller LEFT JOIN trunks t ON c.trunk = t.trunk;

CREATE TEMP VIEW busy AS
SELECT caller AS subject, s, 1 AS n FROM seen
SEMI JOIN (SELECT caller FROM cells GROUP BY caller HAVING sum(calls) >= 20) USING (caller);

CREATE TEMP TABLE number AS
WITH n AS (
    SELECT caller, min(tail) AS tail, min(caller_kind) AS caller_kind, max(holder) AS call_holder,
    max(principal) AS call_principal, max(use) AS call_use, min(first_s) AS first_s, max(last_s) AS last_s,
    arg_max(trunk, calls * 4294967296 - trunk) AS trunk,
    sum(calls) AS calls, sum(recorded) AS recorded, sum(answered) AS answered, sum(rung) AS rung,
    sum(ring_ms) AS ring_ms, sum(short) AS short, sum(long) AS long, sum(talk_ms) AS talk_ms,
    sum(talk_s2) AS talk_s2, sum(night) AS night, sum(one_ring) AS one_ring, sum(rejected) AS rejected,
    sum(unused) AS unused, sum(near) AS near, sum(unallocated) AS unallocated, sum("foreign") AS foreign,
    sum(spoofed) AS spoofed, sum(own_calls) AS own_calls, sum(other_calls) AS other_calls,
    sum(refused_by_gate) AS refused_by_gate, sum(h0) AS h0, sum(h1) AS h1, sum(h2) AS h2, sum(h3) AS h3,
    sum(h4) AS h4, sum(h5) AS h5, sum(h6) AS h6, sum(h7) AS h7, sum(h8) AS h8, sum(h9) AS h9, sum(h10) AS h10,
    sum(h11) AS h11, sum(h12) AS h12, sum(h13) AS h13, sum(h14) AS h14, sum(h15) AS h15, sum(h16) AS h16,
    sum(h17) AS h17, sum(h18) AS h18, sum(h19) AS h19, sum(h20) AS h20, sum(h21) AS h21, sum(h22) AS h22,
    sum(h23) AS h23, sum(talk_0) AS talk_0, sum(talk_1) AS talk_1, sum(talk_2) AS talk_2,
    sum(talk_3) AS talk_3, sum(talk_4) AS talk_4, sum(talk_5) AS talk_5, sum(talk_6) AS talk_6,
    sum(talk_7) AS talk_7
    FROM cells GROUP BY caller
), people AS (
    SELECT caller, count(*) FILTER (calls > 0) AS callees, count(*) FILTER (returned) AS returned,
    count(*) FILTER (repeated) AS repeated, count(*) FILTER (sought) AS callers, count(*) FILTER (first_in) AS first_in,
    coalesce(sum(calls) FILTER (calls > 0 AND back_first < first), 0) AS known FROM links GROUP BY caller
), often AS (
    SELECT caller, max(n) AS most FROM (
        SELECT caller, callee, count(*) OVER (PARTITION BY caller, callee ORDER BY s
            RANGE BETWEEN 3599 PRECEDING AND CURRENT ROW) AS n
        FROM seen SEMI JOIN (SELECT caller, callee FROM links WHERE calls >= 5) USING (caller, callee)
    ) WHERE n >= 5 GROUP BY caller
), refusing AS (
    SELECT caller, count(*) AS after_refusal, count(DISTINCT callee) AS refusers_called,
    count(DISTINCT callee) FILTER (hop) AS hopped
    FROM (SELECT h.*, p.callee IS NOT NULL AS hop FROM hits h LEFT JOIN hops p USING (holder, callee)) GROUP BY caller
)
SELECT t.caller AS subject, t.tail, t.calls, t.recorded, t.answered, t.rung, t.ring_ms, t.short, t.long, t.talk_ms, t.talk_s2, t.night,
    t.one_ring, t.rejected, t.unused, t.near, t.unallocated, t.foreign, t.spoofed, t.own_calls, t.other_calls,
    t.refused_by_gate, t.h0, t.h1, t.h2, t.h3, t.h4, t.h5, t.h6, t.h7, t.h8, t.h9, t.h10, t.h11, t.h12, t.h13,
    t.h14, t.h15, t.h16, t.h17, t.h18, t.h19, t.h20, t.h21, t.h22, t.h23, t.talk_0, t.talk_1, t.talk_2,
    t.talk_3, t.talk_4, t.talk_5, t.talk_6, t.talk_7,
    coalesce(p.callees, 0) AS callees, coalesce(p.returned, 0) AS returned, coalesce(p.repeated, 0) AS repeated,
    coalesce(p.callers, 0) AS callers, coalesce(p.first_in, 0) AS first_in,
    coalesce(p.known, 0) + coalesce(l.later, 0) AS known, coalesce(r.after_refusal, 0) AS after_refusal,
    coalesce(r.refusers_called, 0) AS refusers_called, coalesce(r.hopped, 0) AS hopped,
    coalesce(b.most, 0) AS most_60min, coalesce(f.most, 0) AS most_to_one, coalesce(u.burst, 0) AS burst,
    1 AS days, t.first_s, t.last_s,
    CASE WHEN coalesce(o.holder, 0) <> 0 THEN o.holder ELSE t.call_holder END AS holder,
    CASE WHEN coalesce(o.principal, 0) <> 0 THEN o.principal ELSE t.call_principal END AS principal, t.trunk,
    CASE WHEN coalesce(o.use, -1) >= 0 THEN o.use ELSE t.call_use END AS use, coalesce(o.sort, 0) AS sort,
    t.caller_kind, coalesce(o.age_days, -1) AS age_days, 1 AS numbers
FROM n t LEFT JOIN people p USING (caller) LEFT JOIN owners o USING (caller)
LEFT JOIN (SELECT caller, count(*) AS later FROM met GROUP BY caller) l USING (caller)
LEFT JOIN refusing r USING (caller) LEFT JOIN most('busy') b ON t.caller = b.subject LEFT JOIN often f USING (caller)
LEFT JOIN (SELECT caller, count(*) AS burst FROM hot WHERE within >= 20 GROUP BY caller) u USING (caller);

CREATE TEMP TABLE by_holders AS
SELECT n.holder AS subject, c.callee, c.s FROM seen c JOIN number n ON c.caller = n.subject AND n.holder <> 0;
CREATE TEMP VIEW holder_seconds AS SELECT subject, s, count(*) AS n FROM by_holders GROUP BY ALL;
CREATE TEMP TABLE met_by_holder AS
SELECT n.holder AS subject, callee, sum(l.calls) AS calls, min(first) AS first, max(last) AS last,
    sum(back_calls) AS back_calls, min(back_first) AS back_first, max(back_last) AS back_last
FROM links l JOIN number n ON l.caller = n.subject AND n.holder <> 0 GROUP BY ALL;

CREATE TEMP TABLE holder AS
WITH t AS (
    SELECT holder AS subject, 0 AS tail, sum(calls) AS calls, sum(recorded) AS recorded, sum(answered) AS answered, sum(rung) AS rung,
    sum(ring_ms) AS ring_ms, sum(short) AS short, sum(long) AS long, sum(talk_ms) AS talk_ms,
    sum(talk_s2) AS talk_s2, sum(night) AS night, sum(one_ring) AS one_ring, sum(rejected) AS rejected,
    sum(unused) AS unused, sum(near) AS near, sum(unallocated) AS unallocated, sum("foreign") AS foreign,
    sum(spoofed) AS spoofed, sum(own_calls) AS own_calls, sum(other_calls) AS other_calls,
    sum(refused_by_gate) AS refused_by_gate, sum(h0) AS h0, sum(h1) AS h1, sum(h2) AS h2, sum(h3) AS h3,
    sum(h4) AS h4, sum(h5) AS h5, sum(h6) AS h6, sum(h7) AS h7, sum(h8) AS h8, sum(h9) AS h9, sum(h10) AS h10,
    sum(h11) AS h11, sum(h12) AS h12, sum(h13) AS h13, sum(h14) AS h14, sum(h15) AS h15, sum(h16) AS h16,
    sum(h17) AS h17, sum(h18) AS h18, sum(h19) AS h19, sum(h20) AS h20, sum(h21) AS h21, sum(h22) AS h22,
    sum(h23) AS h23, sum(talk_0) AS talk_0, sum(talk_1) AS talk_1, sum(talk_2) AS talk_2,
    sum(talk_3) AS talk_3, sum(talk_4) AS talk_4, sum(talk_5) AS talk_5, sum(talk_6) AS talk_6,
    sum(talk_7) AS talk_7,
    sum(known) AS known, sum(burst) AS burst, 1 AS days, min(first_s) AS first_s, max(last_s) AS last_s,
    CASE WHEN min(principal) = max(principal) THEN max(principal) ELSE 0 END AS principal,
    CASE WHEN min(trunk) = max(trunk) THEN max(trunk) ELSE 0 END AS trunk, max(use) AS use, max(sort) AS sort,
    min(caller_kind) AS caller_kind, max(age_days) AS age_days, count(*) AS numbers
    FROM number WHERE holder <> 0 GROUP BY holder
), people AS (
    SELECT subject, count(*) FILTER (calls > 0) AS callees,
    count(*) FILTER (calls > 0 AND back_calls > 0 AND back_last >= first) AS returned,
    count(*) FILTER (calls > 0 AND (first + :offset) // 86400 <> (last + :offset) // 86400) AS repeated,
    count(*) FILTER (back_calls > 0) AS callers,
    count(*) FILTER (back_calls > 0 AND (calls = 0 OR back_first < first)) AS first_in
    FROM met_by_holder GROUP BY subject
), often AS (
    SELECT subject, max(n) AS most FROM (
        SELECT subject, callee, count(*) OVER (PARTITION BY subject, callee ORDER BY s
            RANGE BETWEEN 3599 PRECEDING AND CURRENT ROW) AS n
        FROM by_holders SEMI JOIN (SELECT subject, callee FROM met_by_holder WHERE calls >= 5) USING (subject, callee)
    ) WHERE n >= 5 GROUP BY subject
), refusing AS (
    SELECT holder AS subject, count(*) AS after_refusal, count(DISTINCT callee) AS refusers_called,
    count(DISTINCT callee) FILTER (hop) AS hopped
    FROM (SELECT h.*, p.callee IS NOT NULL AS hop FROM hits h LEFT JOIN hops p USING (holder, callee)
        WHERE h.holder <> 0) GROUP BY holder
)
SELECT t.*, t.subject AS holder, p.callees, p.returned, p.repeated, p.callers, p.first_in,
    coalesce(r.after_refusal, 0) AS after_refusal, coalesce(r.refusers_called, 0) AS refusers_called,
    coalesce(r.hopped, 0) AS hopped, coalesce(b.most, 0) AS most_60min, coalesce(f.most, 0) AS most_to_one
FROM t LEFT JOIN people p USING (subject) LEFT JOIN refusing r USING (subject)
LEFT JOIN most('holder_seconds') b USING (subject) LEFT JOIN often f USING (subject);

CREATE TEMP VIEW trunk_seconds AS SELECT trunk AS subject, s, count(*) AS n FROM seen WHERE trunk > 0 GROUP BY ALL;
CREATE TEMP TABLE trunk AS
WITH t AS (
    SELECT trunk, min(caller_kind) AS caller_kind, min(s) AS first_s, max(s) AS last_s,
    count(*) AS calls, count(*) FILTER (known) AS recorded, count(*) FILTER (answered) AS answered,
    count(*) FILTER (ring >= 0) AS rung, sum(greatest(ring, 0)) AS ring_ms,
    count(*) FILTER (talk >= 0 AND talk < 10000) AS short, count(*) FILTER (talk >= 60000) AS long,
    sum(greatest(talk, 0)) AS talk_ms, sum((greatest(talk, 0)::BIGINT // 1000) ** 2)::BIGINT AS talk_s2,
    count(*) FILTER (minute < 420 OR minute >= 1320) AS night,
    count(*) FILTER (known AND NOT answered AND ring >= 0 AND ring <= 6000) AS one_ring,
    count(*) FILTER (cause = 21) AS rejected, count(*) FILTER (cause = 1 OR callee_kind IN (31, 32)) AS unused,
    count(*) FILTER (near >= 7) AS near, count(*) FILTER (caller_kind = 32) AS unallocated,
    count(*) FILTER (decision = 2) AS refused_by_gate,
    count(*) FILTER (minute // 60 = 0) AS h0, count(*) FILTER (minute // 60 = 1) AS h1,
    count(*) FILTER (minute // 60 = 2) AS h2, count(*) FILTER (minute // 60 = 3) AS h3,
    count(*) FILTER (minute // 60 = 4) AS h4, count(*) FILTER (minute // 60 = 5) AS h5,
    count(*) FILTER (minute // 60 = 6) AS h6, count(*) FILTER (minute // 60 = 7) AS h7,
    count(*) FILTER (minute // 60 = 8) AS h8, count(*) FILTER (minute // 60 = 9) AS h9,
    count(*) FILTER (minute // 60 = 10) AS h10, count(*) FILTER (minute // 60 = 11) AS h11,
    count(*) FILTER (minute // 60 = 12) AS h12, count(*) FILTER (minute // 60 = 13) AS h13,
    count(*) FILTER (minute // 60 = 14) AS h14, count(*) FILTER (minute // 60 = 15) AS h15,
    count(*) FILTER (minute // 60 = 16) AS h16, count(*) FILTER (minute // 60 = 17) AS h17,
    count(*) FILTER (minute // 60 = 18) AS h18, count(*) FILTER (minute // 60 = 19) AS h19,
    count(*) FILTER (minute // 60 = 20) AS h20, count(*) FILTER (minute // 60 = 21) AS h21,
    count(*) FILTER (minute // 60 = 22) AS h22, count(*) FILTER (minute // 60 = 23) AS h23,
    count(*) FILTER (talk >= 0 AND talk < 5000) AS talk_0,
    count(*) FILTER (talk >= 5000 AND talk < 10000) AS talk_1,
    count(*) FILTER (talk >= 10000 AND talk < 20000) AS talk_2,
    count(*) FILTER (talk >= 20000 AND talk < 40000) AS talk_3,
    count(*) FILTER (talk >= 40000 AND talk < 80000) AS talk_4,
    count(*) FILTER (talk >= 80000 AND talk < 160000) AS talk_5,
    count(*) FILTER (talk >= 160000 AND talk < 320000) AS talk_6,
    count(*) FILTER (talk >= 320000) AS talk_7
    FROM seen WHERE trunk > 0 GROUP BY trunk
), people AS (
    SELECT trunk, count(*) FILTER (back_calls > 0 AND back_last >= first) AS returned,
    count(*) FILTER ((first + :offset) // 86400 <> (last + :offset) // 86400) AS repeated,
    count(*) FILTER (back_calls > 0) AS callers, count(*) FILTER (back_first < first) AS first_in,
    coalesce(sum(calls) FILTER (back_first < first), 0) AS known FROM ends WHERE trunk > 0 GROUP BY trunk
), distinct_people AS (
    SELECT trunk, count(*) AS callees
    FROM (SELECT DISTINCT trunk, callee FROM seen WHERE caller_kind NOT IN (30, 31)) GROUP BY trunk
), refusing AS (
    SELECT trunk, count(*) AS after_refusal, count(DISTINCT callee) AS refusers_called,
    count(DISTINCT callee) FILTER (hop) AS hopped
    FROM (SELECT h.*, p.callee IS NOT NULL AS hop FROM hits h LEFT JOIN hops p USING (holder, callee)) GROUP BY trunk
)
SELECT t.*, t.trunk AS subject, 0 AS tail, coalesce(c.foreign, 0) AS foreign, coalesce(c.spoofed, 0) AS spoofed,
    CASE WHEN k.own THEN calls ELSE 0 END AS own_calls, CASE WHEN NOT k.own THEN calls ELSE 0 END AS other_calls,
    d.callees, p.returned, p.repeated, p.callers, p.first_in, p.known + coalesce(l.later, 0) AS known,
    coalesce(r.after_refusal, 0) AS after_refusal, coalesce(r.refusers_called, 0) AS refusers_called,
    coalesce(r.hopped, 0) AS hopped, coalesce(b.most, 0) AS most_60min, coalesce(f.most_to_one, 0) AS most_to_one,
    coalesce(u.burst, 0) AS burst, 1 AS days, 0 AS holder, 0 AS principal, -1 AS use, 0 AS sort, -1 AS age_days,
    coalesce(s.numbers, 0) AS numbers
FROM t LEFT JOIN people p USING (trunk) LEFT JOIN distinct_people d USING (trunk)
LEFT JOIN refusing r USING (trunk) LEFT JOIN trunks k USING (trunk)
LEFT JOIN (SELECT trunk, sum("foreign") AS foreign, sum(spoofed) AS spoofed FROM cells GROUP BY trunk) c USING (trunk)
LEFT JOIN (SELECT trunk, count(*) AS later FROM met GROUP BY trunk) l USING (trunk)
LEFT JOIN (SELECT trunk, count(*) AS numbers FROM strands GROUP BY trunk) s USING (trunk)
LEFT JOIN (SELECT trunk, max(most_to_one) AS most_to_one FROM number GROUP BY trunk) f USING (trunk)
LEFT JOIN (SELECT trunk, count(*) AS burst FROM hot WHERE within >= 20 GROUP BY trunk) u USING (trunk)
LEFT JOIN most('trunk_seconds') b ON t.trunk = b.subject;

CREATE TEMP TABLE callee AS
WITH t AS (
    SELECT callee AS subject, min(callee_tail) AS tail, count(*) AS calls, count(DISTINCT caller) AS callers,
    count(*) FILTER (known) AS recorded, count(*) FILTER (answered) AS answered,
    count(*) FILTER (talk >= 0 AND talk < 10000) AS short, sum(greatest(talk, 0)) AS talk_ms,
    max(within) AS most_60min, min(s) AS first_s, max(s) AS last_s, min(callee_kind) AS callee_kind
    FROM hot GROUP BY callee HAVING max(within) >= 20
), spans AS (
    SELECT callee, s, lead(s) OVER (PARTITION BY callee, caller ORDER BY s) AS next
    FROM hot SEMI JOIN t ON hot.callee = t.subject
), standing AS (
    SELECT callee, sum(change) OVER (PARTITION BY callee ORDER BY moment) AS n FROM (
        SELECT callee, moment, sum(change) AS change FROM (
            SELECT callee, s AS moment, 1 AS change FROM spans
            UNION ALL SELECT callee, least(s + 3600, coalesce(next, s + 3600)), -1 FROM spans
        ) GROUP BY ALL)
)
SELECT t.*, coalesce(b.returned, 0) AS returned, m.most AS most_callers_60min, coalesce(o.holder, 0) AS holder,
    coalesce(o.principal, 0) AS principal, coalesce(o.use, -1) AS use, coalesce(o.sort, 0) AS sort
FROM t JOIN (SELECT callee, max(n) AS most FROM standing GROUP BY callee) m ON t.subject = m.callee
LEFT JOIN owners o ON t.subject = o.caller
LEFT JOIN (SELECT caller, count(*) AS returned FROM ends SEMI JOIN t ON ends.caller = t.subject
    WHERE calls > 0 AND back_calls > 0 GROUP BY caller) b ON t.subject = b.caller;
