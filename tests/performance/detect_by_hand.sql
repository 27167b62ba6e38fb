-- The features of detection as somebody writes them by hand for DuckDB alone, with what it knows best: all steps that
-- are used twice are tables as narrow as can be, people are counted over the calls of those alone who are looked at, a
-- subject's calls lie beside one another. :begin, :end in seconds since 1970, :offset seconds east of UTC, one day; views
-- calls, refusals, numbers, trunks, consents as in detection/features/columns.py. Within, `s` is seconds since :begin.
-- `marks`: bits of what features count, from 8192 on the local hour, from 262144 on the length of talk.
CREATE TEMP TABLE call AS
SELECT caller, caller_tail, caller_kind, callee, callee_tail, callee_kind, trunk, s, ring, talk, holder, principal, use,
    (CASE WHEN known THEN 1 ELSE 0 END | CASE WHEN answered THEN 2 ELSE 0 END | CASE WHEN ring >= 0 THEN 4 ELSE 0 END |
    CASE WHEN talk >= 0 AND talk < 10000 THEN 8 ELSE 0 END | CASE WHEN talk >= 60000 THEN 16 ELSE 0 END |
    CASE WHEN minute < 420 OR minute >= 1320 THEN 32 ELSE 0 END |
    CASE WHEN known AND NOT answered AND ring >= 0 AND ring <= 6000 THEN 64 ELSE 0 END |
    CASE WHEN cause = 21 THEN 128 WHEN cause = 1 OR callee_kind IN (31, 32) THEN 256 ELSE 0 END |
    CASE WHEN cause = 21 AND callee_kind IN (31, 32) THEN 256 ELSE 0 END | CASE WHEN near >= 7 THEN 512 ELSE 0 END |
    CASE WHEN caller_kind = 32 THEN 1024 ELSE 0 END | CASE WHEN decision = 2 THEN 2048 ELSE 0 END |
    CASE WHEN cited THEN 4096 ELSE 0 END | minute // 60 * 8192 |
    CASE WHEN talk < 20000 THEN CASE WHEN talk < 0 THEN 0 WHEN talk < 5000 THEN 1 WHEN talk < 10000 THEN 2 ELSE 3 END
    WHEN talk < 80000 THEN CASE WHEN talk < 40000 THEN 4 ELSE 5 END WHEN talk < 160000 THEN 6 WHEN talk < 320000 THEN 7
    ELSE 8 END * 262144)::INT AS marks
FROM (
    SELECT (at_us // 1000000 - :begin)::INT AS s, ((at_us // 1000000 + :offset) // 60 % 1440)::INT AS minute, caller,
        caller_tail, caller_kind, callee, callee_tail, callee_kind, coalesce(trunk, 0)::INT AS trunk,
        coalesce(holder, 0)::INT AS holder, coalesce(principal, 0)::INT AS principal, coalesce(use, -1) AS use,
        coalesce(decision, -1) AS decision, coalesce(cause, -1) AS cause, coalesce(near, -1) AS near,
        answered IS NOT NULL AS known, coalesce(answered, false) AS answered,
        CASE WHEN ring_ms >= 0 THEN ring_ms ELSE -1 END AS ring,
        CASE WHEN answered AND talk_ms >= 0 THEN talk_ms ELSE -1 END AS talk, coalesce(consent > 0, false) AS cited
    FROM calls WHERE at_us >= :begin * 1000000 AND at_us < :end * 1000000
);

CREATE TEMP TABLE owners AS
SELECT caller, coalesce(holder, 0) AS holder, coalesce(principal, 0) AS principal, coalesce(use, -1)::BIGINT AS use,
    coalesce(sort, 0)::BIGINT AS sort,
    CASE WHEN :end >= since_s THEN (:end - since_s) // 86400 ELSE -1 END AS age_days
FROM numbers;

-- refusals of a use hold for calls of that use or of unknown use
CREATE TEMP TABLE said AS
SELECT callee, party, caller, at_s - :begin AS at_s, coalesce(use, -1) AS use FROM refusals WHERE at_s < :end;
CREATE TEMP TABLE others AS
SELECT r.callee, CASE WHEN o.principal <> 0 THEN o.principal ELSE o.holder END AS party, r.caller, r.at_s, r.use
FROM said r JOIN owners o ON r.caller = o.caller AND r.caller <> 0;

CREATE TEMP TABLE refusers AS
WITH mine AS (
    SELECT row_number() OVER () AS id, c.caller, c.callee, c.trunk, c.s,
        CASE WHEN coalesce(o.holder, 0) <> 0 THEN o.holder ELSE c.holder END AS holder,
        CASE WHEN c.principal <> 0 THEN c.principal ELSE coalesce(o.principal, 0) END AS principal,
        CASE WHEN c.use >= 0 THEN c.use ELSE coalesce(o.use, -1) END AS use
    FROM call c SEMI JOIN said USING (callee) LEFT JOIN owners o ON c.caller = o.caller
), firms AS (
    SELECT * FROM mine WHERE holder <> 0 OR principal <> 0
), found AS (
    SELECT m.id, m.s > r.at_s AS after, false AS other, true AS said
    FROM mine m JOIN said r ON m.callee = r.callee AND m.caller = r.caller
        AND r.caller <> 0 AND (r.use < 0 OR m.use < 0 OR m.use = r.use)
    UNION ALL
    SELECT m.id, m.s > r.at_s, false, true FROM firms m JOIN said r ON m.callee = r.callee AND r.party <> 0
        AND (m.holder = r.party OR m.principal = r.party) AND (r.use < 0 OR m.use < 0 OR m.use = r.use)
    UNION ALL
    SELECT m.id, m.s > r.at_s, m.s > r.at_s AND r.caller <> m.caller, true
    FROM firms m JOIN others r ON m.callee = r.callee AND r.party <> 0
        AND (m.holder = r.party OR m.principal = r.party) AND (r.use < 0 OR m.use < 0 OR m.use = r.use)
    UNION ALL
    SELECT m.id, true, false, false FROM mine m JOIN said r ON m.callee = r.callee AND m.s > r.at_s AND r.party = 0
        AND r.caller = 0 AND m.use >= 0 AND m.use = r.use
)
SELECT m.caller, m.callee, m.trunk, m.holder, f.after, f.other, f.said
FROM mine m JOIN (SELECT id, bool_or(after) AS after, bool_or(other) AS other, bool_or(said) AS said FROM found
    GROUP BY id) f USING (id);

CREATE TEMP TABLE hops AS
SELECT holder, callee FROM refusers WHERE after AND holder <> 0
GROUP BY ALL HAVING count(DISTINCT caller) >= 2 OR bool_or(other);

CREATE TEMP MACRO refusing(key) AS TABLE
SELECT subject, count(*) FILTER (after) AS after_refusal, count(DISTINCT callee) FILTER (after) AS refusers_called,
    count(DISTINCT callee) FILTER (after AND hop) AS hopped, count(DISTINCT callee) FILTER (said) AS refusing
FROM (SELECT CASE key WHEN 'caller' THEN r.caller WHEN 'trunk' THEN r.trunk ELSE r.holder END AS subject, r.*,
    p.callee IS NOT NULL AS hop FROM refusers r LEFT JOIN hops p USING (holder, callee))
GROUP BY subject;

CREATE TEMP TABLE callers AS
SELECT caller, count(*) AS calls, min(trunk) AS least, max(trunk) AS greatest, bool_or(caller_kind = 32) AS nowhere
FROM call WHERE caller_kind NOT IN (30, 31) GROUP BY caller;

CREATE TEMP TABLE subjects AS
SELECT caller FROM callers WHERE calls >= 5 OR nowhere
UNION (SELECT caller FROM callers SEMI JOIN (
    SELECT caller FROM owners UNION ALL SELECT caller FROM refusers WHERE after) USING (caller));

CREATE TEMP TABLE theirs AS
SELECT * EXCLUDE (callee_tail, callee_kind) FROM call SEMI JOIN subjects USING (caller) WHERE caller_kind NOT IN (30, 31)
ORDER BY caller;

CREATE TEMP TABLE agreed AS
SELECT caller, callee FROM theirs WHERE marks & 4096 <> 0
UNION
SELECT caller, callee FROM (
    SELECT c.caller, c.callee, c.s, coalesce(nullif(c.principal, 0), nullif(o.principal, 0), nullif(c.holder, 0),
        nullif(o.holder, 0)) AS party
    FROM theirs c SEMI JOIN consents USING (callee) LEFT JOIN owners o ON c.caller = o.caller
) JOIN consents USING (callee, party) WHERE s >= since_s - :begin AND (until_s IS NULL OR s < until_s - :begin);

CREATE TEMP TABLE links AS
SELECT caller, callee, count(made) AS calls, min(made) AS first, max(made) AS last, min(got) AS back_first,
    max(got) AS back_last
FROM (
    SELECT caller, callee, s AS made, NULL::INT AS got FROM theirs
    UNION ALL
    SELECT callee, caller, NULL, s FROM call SEMI JOIN subjects ON call.callee = subjects.caller
    WHERE caller_kind NOT IN (30, 31) AND callee <> caller
) GROUP BY ALL;

CREATE TEMP MACRO people(links_of) AS TABLE
SELECT subject, count(*) FILTER (calls > 0) AS callees, count(*) FILTER (back_last >= first) AS returned,
    count(*) FILTER (calls > 1) AS again,
    count(*) FILTER ((first + :begin + :offset) // 86400 <> (last + :begin + :offset) // 86400) AS repeated,
    count(back_first) AS callers, count(*) FILTER (back_first IS NOT NULL AND (calls = 0 OR back_first < first)) AS first_in,
    coalesce(sum(calls) FILTER (back_first < first), 0) AS at_once
FROM query_table(links_of) GROUP BY subject;
CREATE TEMP VIEW links_of_numbers AS SELECT caller AS subject, * FROM links;

CREATE TEMP TABLE hot AS
SELECT *, count(*) OVER (PARTITION BY callee ORDER BY s RANGE BETWEEN 3599 PRECEDING AND CURRENT ROW) AS within
FROM (SELECT caller, caller_kind, callee, callee_tail, callee_kind, trunk, s, marks, talk FROM call
    SEMI JOIN (SELECT callee FROM call GROUP BY callee HAVING count(*) >= 20) USING (callee));

CREATE TEMP MACRO most(calls_of) AS TABLE
SELECT subject, max(n) AS most FROM (
    SELECT subject, count(*) OVER (PARTITION BY subject ORDER BY s RANGE BETWEEN 3599 PRECEDING AND CURRENT ROW) AS n
    FROM query_table(calls_of)
) GROUP BY subject HAVING max(n) >= 20;

CREATE TEMP MACRO most_to_one(calls_of) AS TABLE
SELECT subject, max(n) AS most FROM (
    SELECT subject, count(*) OVER (PARTITION BY subject, callee ORDER BY s
        RANGE BETWEEN 3599 PRECEDING AND CURRENT ROW) AS n
    FROM query_table(calls_of)
) WHERE n >= 5 GROUP BY subject;

-- calls of each subject over each trunk, and whose trunk it is
CREATE TEMP TABLE cells AS
SELECT c.*, CASE WHEN o.caller IS NOT NULL AND NOT t.own THEN calls ELSE 0 END AS foreign,
    CASE WHEN (o.caller IS NOT NULL AND NOT t.own) OR nowhere THEN calls ELSE 0 END AS spoofed,
    CASE WHEN t.own THEN calls ELSE 0 END AS own_calls, CASE WHEN NOT t.own THEN calls ELSE 0 END AS other_calls
FROM (SELECT caller, trunk, count(*) AS calls, bool_or(caller_kind = 32) AS nowhere FROM theirs GROUP BY ALL) c
LEFT JOIN owners o ON c.caller = o.caller LEFT JOIN trunks t ON c.trunk = t.trunk;

CREATE TEMP TABLE mine AS
SELECT caller, min(caller_tail) AS tail, min(caller_kind) AS caller_kind, max(holder) AS call_holder,
    max(principal) AS call_principal, max(use) AS call_use, min(s) + :begin AS first_s, max(s) + :begin AS last_s,
    count(*) AS calls, sum(greatest(ring, 0)) AS ring_ms, sum(greatest(talk, 0)) AS talk_ms,
    sum((greatest(talk, 0) // 1000)::BIGINT * (greatest(talk, 0) // 1000)) AS talk_s2,
    count(*) FILTER (marks & 1 <> 0) AS recorded, count(*) FILTER (marks & 2 <> 0) AS answered,
    count(*) FILTER (marks & 4 <> 0) AS rung, count(*) FILTER (marks & 8 <> 0) AS short,
    count(*) FILTER (marks & 16 <> 0) AS long, count(*) FILTER (marks & 32 <> 0) AS night,
    count(*) FILTER (marks & 64 <> 0) AS one_ring, count(*) FILTER (marks & 128 <> 0) AS rejected,
    count(*) FILTER (marks & 256 <> 0) AS unused, count(*) FILTER (marks & 512 <> 0) AS near,
    count(*) FILTER (marks & 1024 <> 0) AS unallocated, count(*) FILTER (marks & 2048 <> 0) AS refused_by_gate,
    count(*) FILTER (marks & 253952 = 0) AS h0, count(*) FILTER (marks & 253952 = 8192) AS h1,
    count(*) FILTER (marks & 253952 = 16384) AS h2, count(*) FILTER (marks & 253952 = 24576) AS h3,
    count(*) FILTER (marks & 253952 = 32768) AS h4, count(*) FILTER (marks & 253952 = 40960) AS h5,
    count(*) FILTER (marks & 253952 = 49152) AS h6, count(*) FILTER (marks & 253952 = 57344) AS h7,
    count(*) FILTER (marks & 253952 = 65536) AS h8, count(*) FILTER (marks & 253952 = 73728) AS h9,
    count(*) FILTER (marks & 253952 = 81920) AS h10, count(*) FILTER (marks & 253952 = 90112) AS h11,
    count(*) FILTER (marks & 253952 = 98304) AS h12, count(*) FILTER (marks & 253952 = 106496) AS h13,
    count(*) FILTER (marks & 253952 = 114688) AS h14, count(*) FILTER (marks & 253952 = 122880) AS h15,
    count(*) FILTER (marks & 253952 = 131072) AS h16, count(*) FILTER (marks & 253952 = 139264) AS h17,
    count(*) FILTER (marks & 253952 = 147456) AS h18, count(*) FILTER (marks & 253952 = 155648) AS h19,
    count(*) FILTER (marks & 253952 = 163840) AS h20, count(*) FILTER (marks & 253952 = 172032) AS h21,
    count(*) FILTER (marks & 253952 = 180224) AS h22, count(*) FILTER (marks & 253952 = 188416) AS h23,
    count(*) FILTER (marks & 3932160 = 262144) AS talk_0, count(*) FILTER (marks & 3932160 = 524288) AS talk_1,
    count(*) FILTER (marks & 3932160 = 786432) AS talk_2, count(*) FILTER (marks & 3932160 = 1048576) AS talk_3,
    count(*) FILTER (marks & 3932160 = 1310720) AS talk_4, count(*) FILTER (marks & 3932160 = 1572864) AS talk_5,
    count(*) FILTER (marks & 3932160 = 1835008) AS talk_6, count(*) FILTER (marks & 3932160 = 2097152) AS talk_7
FROM theirs GROUP BY caller;

CREATE TEMP VIEW busy AS SELECT caller AS subject, s FROM theirs SEMI JOIN (SELECT caller FROM mine WHERE calls >= 20)
USING (caller);
CREATE TEMP VIEW often AS SELECT caller AS subject, callee, s FROM theirs
SEMI JOIN (SELECT caller, callee FROM links WHERE calls >= 5) USING (caller, callee);

CREATE TEMP TABLE number AS
WITH t AS (
    SELECT caller, arg_max(trunk, calls * 4294967296 - trunk) AS trunk, sum("foreign") AS foreign,
        sum(spoofed) AS spoofed, sum(own_calls) AS own_calls, sum(other_calls) AS other_calls FROM cells GROUP BY caller
), few AS (
    SELECT subject, sum(later) AS later, sum(after_refusal) AS after_refusal, sum(refusers_called) AS refusers_called,
        sum(hopped) AS hopped, sum(refusing) AS refusing, sum(consented) AS consented, sum(most_60min) AS most_60min,
        sum(most_to_one) AS most_to_one, sum(burst) AS burst
    FROM (
        SELECT c.caller AS subject, count(*) AS later FROM theirs c
        JOIN (SELECT * FROM links WHERE calls > 1 AND back_first >= first AND back_first < last) e
            ON c.caller = e.caller AND c.callee = e.callee AND c.s > e.back_first GROUP BY c.caller
        UNION ALL BY NAME SELECT * FROM refusing('caller')
        UNION ALL BY NAME SELECT caller AS subject, count(*) AS consented FROM agreed GROUP BY caller
        UNION ALL BY NAME SELECT subject, most AS most_60min FROM most('busy')
        UNION ALL BY NAME SELECT subject, most AS most_to_one FROM most_to_one('often')
        UNION ALL BY NAME SELECT caller AS subject, count(*) AS burst FROM hot WHERE within >= 20 GROUP BY caller
    ) GROUP BY subject
), narrow AS (
    SELECT t.*, p.* EXCLUDE (subject), f.* EXCLUDE (subject), o.holder, o.principal, o.use, o.sort, o.age_days
    FROM t LEFT JOIN people('links_of_numbers') p ON t.caller = p.subject LEFT JOIN few f ON t.caller = f.subject
    LEFT JOIN owners o ON t.caller = o.caller
)
SELECT m.* EXCLUDE (caller), m.caller AS subject, n.trunk, n.foreign, n.spoofed, n.own_calls, n.other_calls, callees,
    returned, again, repeated, callers, first_in, at_once + coalesce(later, 0) AS known,
    coalesce(after_refusal, 0) AS after_refusal, coalesce(refusers_called, 0) AS refusers_called,
    coalesce(hopped, 0) AS hopped, coalesce(refusing, 0) AS refusing, coalesce(consented, 0) AS consented, 0 AS shared,
    coalesce(most_60min, 0) AS most_60min, coalesce(most_to_one, 0) AS most_to_one, coalesce(burst, 0) AS burst,
    1 AS days, CASE WHEN coalesce(n.holder, 0) <> 0 THEN n.holder ELSE call_holder END AS holder,
    CASE WHEN coalesce(n.principal, 0) <> 0 THEN n.principal ELSE call_principal END AS principal,
    CASE WHEN coalesce(n.use, -1) >= 0 THEN n.use ELSE call_use END AS use, coalesce(n.sort, 0) AS sort,
    coalesce(n.age_days, -1) AS age_days, 1 AS numbers
FROM mine m JOIN narrow n USING (caller);

CREATE TEMP TABLE whose AS SELECT subject AS caller, holder AS subject FROM number WHERE holder <> 0;
CREATE TEMP TABLE by_holders AS SELECT w.subject, c.callee, c.s FROM theirs c JOIN whose w USING (caller);
CREATE TEMP TABLE met_by_holder AS
SELECT w.subject, callee, count(first) AS numbers, sum(l.calls) AS calls, min(first) AS first, max(last) AS last,
    min(back_first) AS back_first, max(back_last) AS back_last
FROM links l JOIN whose w USING (caller) GROUP BY ALL;
CREATE TEMP VIEW often_by_holders AS
SELECT * FROM by_holders SEMI JOIN (SELECT subject, callee FROM met_by_holder WHERE calls >= 5) USING (subject, callee);

CREATE TEMP TABLE holder AS
WITH t AS (
    SELECT holder AS subject, 0 AS tail,
    sum(calls) AS calls, sum(recorded) AS recorded, sum(answered) AS answered, sum(rung) AS rung,
    sum(ring_ms) AS ring_ms, sum(short) AS short, sum(long) AS long, sum(talk_ms) AS talk_ms,
    sum(talk_s2) AS talk_s2, sum(night) AS night, sum(one_ring) AS one_ring, sum(rejected) AS rejected,
    sum(unused) AS unused, sum(near) AS near, sum(unallocated) AS unallocated, sum("foreign") AS foreign,
    sum(spoofed) AS spoofed, sum(own_calls) AS own_calls, sum(other_calls) AS other_calls,
    sum(refused_by_gate) AS refused_by_gate, sum(h0) AS h0, sum(h1) AS h1, sum(h2) AS h2, sum(h3) AS h3,
    sum(h4) AS h4, sum(h5) AS h5, sum(h6) AS h6, sum(h7) AS h7, sum(h8) AS h8, sum(h9) AS h9, sum(h10) AS h10,
    sum(h11) AS h11, sum(h12) AS h12, sum(h13) AS h13, sum(h14) AS h14, sum(h15) AS h15, sum(h16) AS h16,
    sum(h17) AS h17, sum(h18) AS h18, sum(h19) AS h19, sum(h20) AS h20, sum(h21) AS h21, sum(h22) AS h22,
    sum(h23) AS h23, sum(talk_0) AS talk_0, sum(talk_1) AS talk_1, sum(talk_2) AS talk_2, sum(talk_3) AS talk_3,
    sum(talk_4) AS talk_4, sum(talk_5) AS talk_5, sum(talk_6) AS talk_6, sum(talk_7) AS talk_7,
    sum(known) AS known, sum(burst) AS burst, 1 AS days, min(first_s) AS first_s, max(last_s) AS last_s,
    CASE WHEN min(principal) = max(principal) THEN max(principal) ELSE 0 END AS principal,
    CASE WHEN min(trunk) = max(trunk) THEN max(trunk) ELSE 0 END AS trunk, max(use) AS use, max(sort) AS sort,
    min(caller_kind) AS caller_kind, max(age_days) AS age_days, count(*) AS numbers
    FROM number WHERE holder <> 0 GROUP BY holder
)
SELECT t.*, t.subject AS holder, p.* EXCLUDE (subject, at_once), coalesce(h.shared, 0) AS shared,
    coalesce(r.after_refusal, 0) AS after_refusal, coalesce(r.refusers_called, 0) AS refusers_called,
    coalesce(r.hopped, 0) AS hopped, coalesce(r.refusing, 0) AS refusing, coalesce(a.consented, 0) AS consented,
    coalesce(b.most, 0) AS most_60min, coalesce(f.most, 0) AS most_to_one
FROM t LEFT JOIN people('met_by_holder') p USING (subject) LEFT JOIN refusing('holder') r USING (subject)
LEFT JOIN (SELECT subject, count(*) FILTER (numbers > 1) AS shared FROM met_by_holder GROUP BY subject) h USING (subject)
LEFT JOIN (SELECT w.subject, count(DISTINCT callee) AS consented FROM agreed JOIN whose w USING (caller) GROUP BY ALL) a
    USING (subject)
LEFT JOIN most('by_holders') b USING (subject) LEFT JOIN most_to_one('often_by_holders') f USING (subject);

-- of trunks, of which there are few with very many calls, calls that count alike are one row first
CREATE TEMP TABLE alike AS
SELECT trunk, marks, count(*) AS calls, sum(greatest(ring, 0)) AS ring_ms, sum(greatest(talk, 0)) AS talk_ms,
    sum((greatest(talk, 0) // 1000)::BIGINT * (greatest(talk, 0) // 1000)) AS talk_s2, min(caller_kind) AS caller_kind,
    min(s) AS first, max(s) AS last
FROM call WHERE trunk > 0 GROUP BY ALL;

-- no 60 minutes that end in a minute have more calls than the 61 minutes up to it: where these have no more than the
-- best 60 whole minutes, seconds tell nothing
CREATE TEMP TABLE minutes AS
SELECT trunk, minute, n, sum(n) OVER (hour RANGE BETWEEN 59 PRECEDING AND CURRENT ROW) AS whole,
    sum(n) OVER (hour RANGE BETWEEN 60 PRECEDING AND CURRENT ROW) AS more
FROM (SELECT trunk, s // 60 AS minute, count(*) AS n FROM call WHERE trunk > 0 GROUP BY ALL)
WINDOW hour AS (PARTITION BY trunk ORDER BY minute);
CREATE TEMP TABLE most_over AS
WITH best AS (SELECT trunk, max(whole) AS best FROM minutes GROUP BY trunk
), closer AS (SELECT m.* FROM minutes m JOIN best USING (trunk) WHERE more > best
), steps AS (
    SELECT trunk, upto, second, sum(change) AS change FROM (
        SELECT trunk, s // 60 AS minute, s % 60 AS second FROM call WHERE trunk > 0
    ) JOIN (
        SELECT trunk, minute AS upto, minute, 1 AS change FROM closer
        UNION ALL SELECT trunk, minute, minute - 60, -1 FROM closer
    ) USING (trunk, minute) GROUP BY ALL
), exact AS (
    SELECT trunk, upto, sum(change) OVER (PARTITION BY trunk, upto ORDER BY second) AS change FROM steps
)
SELECT trunk, max(best) AS most FROM (
    SELECT * FROM best
    UNION ALL SELECT e.trunk, more - n + change FROM exact e JOIN closer c ON e.trunk = c.trunk AND e.upto = c.minute
) GROUP BY trunk;

CREATE TEMP TABLE trunk AS
WITH t AS (
    SELECT trunk, min(caller_kind) AS caller_kind, sum(calls) AS calls, sum(ring_ms) AS ring_ms,
    sum(talk_ms) AS talk_ms, sum(talk_s2) AS talk_s2, min(first) AS first, max(last) AS last,
    coalesce(sum(calls) FILTER (marks & 1 <> 0), 0) AS recorded,
    coalesce(sum(calls) FILTER (marks & 2 <> 0), 0) AS answered,
    coalesce(sum(calls) FILTER (marks & 4 <> 0), 0) AS rung, coalesce(sum(calls) FILTER (marks & 8 <> 0), 0) AS short,
    coalesce(sum(calls) FILTER (marks & 16 <> 0), 0) AS long,
    coalesce(sum(calls) FILTER (marks & 32 <> 0), 0) AS night,
    coalesce(sum(calls) FILTER (marks & 64 <> 0), 0) AS one_ring,
    coalesce(sum(calls) FILTER (marks & 128 <> 0), 0) AS rejected,
    coalesce(sum(calls) FILTER (marks & 256 <> 0), 0) AS unused,
    coalesce(sum(calls) FILTER (marks & 512 <> 0), 0) AS near,
    coalesce(sum(calls) FILTER (marks & 1024 <> 0), 0) AS unallocated,
    coalesce(sum(calls) FILTER (marks & 2048 <> 0), 0) AS refused_by_gate,
    coalesce(sum(calls) FILTER (marks & 253952 = 0), 0) AS h0,
    coalesce(sum(calls) FILTER (marks & 253952 = 8192), 0) AS h1,
    coalesce(sum(calls) FILTER (marks & 253952 = 16384), 0) AS h2,
    coalesce(sum(calls) FILTER (marks & 253952 = 24576), 0) AS h3,
    coalesce(sum(calls) FILTER (marks & 253952 = 32768), 0) AS h4,
    coalesce(sum(calls) FILTER (marks & 253952 = 40960), 0) AS h5,
    coalesce(sum(calls) FILTER (marks & 253952 = 49152), 0) AS h6,
    coalesce(sum(calls) FILTER (marks & 253952 = 57344), 0) AS h7,
    coalesce(sum(calls) FILTER (marks & 253952 = 65536), 0) AS h8,
    coalesce(sum(calls) FILTER (marks & 253952 = 73728), 0) AS h9,
    coalesce(sum(calls) FILTER (marks & 253952 = 81920), 0) AS h10,
    coalesce(sum(calls) FILTER (marks & 253952 = 90112), 0) AS h11,
    coalesce(sum(calls) FILTER (marks & 253952 = 98304), 0) AS h12,
    coalesce(sum(calls) FILTER (marks & 253952 = 106496), 0) AS h13,
    coalesce(sum(calls) FILTER (marks & 253952 = 114688), 0) AS h14,
    coalesce(sum(calls) FILTER (marks & 253952 = 122880), 0) AS h15,
    coalesce(sum(calls) FILTER (marks & 253952 = 131072), 0) AS h16,
    coalesce(sum(calls) FILTER (marks & 253952 = 139264), 0) AS h17,
    coalesce(sum(calls) FILTER (marks & 253952 = 147456), 0) AS h18,
    coalesce(sum(calls) FILTER (marks & 253952 = 155648), 0) AS h19,
    coalesce(sum(calls) FILTER (marks & 253952 = 163840), 0) AS h20,
    coalesce(sum(calls) FILTER (marks & 253952 = 172032), 0) AS h21,
    coalesce(sum(calls) FILTER (marks & 253952 = 180224), 0) AS h22,
    coalesce(sum(calls) FILTER (marks & 253952 = 188416), 0) AS h23,
    coalesce(sum(calls) FILTER (marks & 3932160 = 262144), 0) AS talk_0,
    coalesce(sum(calls) FILTER (marks & 3932160 = 524288), 0) AS talk_1,
    coalesce(sum(calls) FILTER (marks & 3932160 = 786432), 0) AS talk_2,
    coalesce(sum(calls) FILTER (marks & 3932160 = 1048576), 0) AS talk_3,
    coalesce(sum(calls) FILTER (marks & 3932160 = 1310720), 0) AS talk_4,
    coalesce(sum(calls) FILTER (marks & 3932160 = 1572864), 0) AS talk_5,
    coalesce(sum(calls) FILTER (marks & 3932160 = 1835008), 0) AS talk_6,
    coalesce(sum(calls) FILTER (marks & 3932160 = 2097152), 0) AS talk_7
    FROM alike GROUP BY trunk
), numbers AS (
    SELECT trunk, sum(numbers) AS numbers FROM (
        SELECT least AS trunk, count(*) AS numbers FROM callers WHERE least = greatest GROUP BY least
        UNION ALL
        SELECT trunk, count(DISTINCT caller) FROM call SEMI JOIN (SELECT caller FROM callers WHERE least <> greatest)
        USING (caller) WHERE caller_kind NOT IN (30, 31) GROUP BY trunk
    ) GROUP BY trunk
), own AS (
    SELECT trunk, sum(callees) AS callees, sum(returned) AS returned, sum(repeated) AS repeated, sum(again) AS again, sum(callers) AS callers,
        sum(first_in) AS first_in, sum(known) AS known, max(most_to_one) AS most_to_one FROM number GROUP BY trunk
)
SELECT t.* REPLACE (coalesce(t.calls, 0) AS calls), t.trunk AS subject, 0 AS tail, coalesce(c.foreign, 0) AS foreign,
    coalesce(c.spoofed, 0) AS spoofed, CASE WHEN k.own THEN t.calls ELSE 0 END AS own_calls,
    CASE WHEN NOT k.own THEN t.calls ELSE 0 END AS other_calls, coalesce(p.callees, 0) AS callees,
    coalesce(p.returned, 0) AS returned, coalesce(p.repeated, 0) AS repeated, coalesce(p.again, 0) AS again,
    coalesce(p.callers, 0) AS callers, coalesce(p.first_in, 0) AS first_in, coalesce(p.known, 0) AS known,
    coalesce(r.after_refusal, 0) AS after_refusal, coalesce(r.refusers_called, 0) AS refusers_called,
    coalesce(r.hopped, 0) AS hopped, coalesce(r.refusing, 0) AS refusing, 0 AS consented, 0 AS shared,
    CASE WHEN b.most >= 20 THEN b.most ELSE 0 END AS most_60min, coalesce(p.most_to_one, 0) AS most_to_one,
    coalesce(u.burst, 0) AS burst, 1 AS days, t.first + :begin AS first_s, t.last + :begin AS last_s, 0 AS holder,
    0 AS principal, -1 AS use, 0 AS sort, -1 AS age_days, coalesce(s.numbers, 0) AS numbers
FROM t LEFT JOIN own p USING (trunk) LEFT JOIN numbers s USING (trunk)
LEFT JOIN refusing('trunk') r ON t.trunk = r.subject LEFT JOIN trunks k ON t.trunk = k.trunk
LEFT JOIN (SELECT trunk, sum("foreign") AS foreign, sum(spoofed) AS spoofed FROM cells GROUP BY trunk) c
    ON t.trunk = c.trunk
LEFT JOIN (SELECT trunk, count(*) AS burst FROM hot WHERE within >= 20 GROUP BY trunk) u ON t.trunk = u.trunk
LEFT JOIN most_over b ON t.trunk = b.trunk;

CREATE TEMP TABLE callee AS
WITH t AS (
    SELECT callee AS subject, min(callee_tail) AS tail, count(*) AS calls, count(DISTINCT caller) AS callers,
    count(*) FILTER (marks & 1 <> 0) AS recorded, count(*) FILTER (marks & 2 <> 0) AS answered,
    count(*) FILTER (marks & 8 <> 0) AS short, sum(greatest(talk, 0)) AS talk_ms,
    max(within) AS most_60min, min(s) + :begin AS first_s, max(s) + :begin AS last_s, min(callee_kind) AS callee_kind
    FROM hot GROUP BY callee HAVING max(within) >= 20
), spans AS MATERIALIZED (
    SELECT callee, s, lead(s) OVER (PARTITION BY callee, caller ORDER BY s) AS next
    FROM hot SEMI JOIN t ON hot.callee = t.subject
), twice AS MATERIALIZED (
    -- where nobody called twice within the hour, there are as many callers as calls
    SELECT * FROM spans SEMI JOIN (SELECT callee FROM spans WHERE next < s + 3600) USING (callee)
), standing AS (
    SELECT callee, sum(change) OVER (PARTITION BY callee ORDER BY moment) AS n FROM (
        SELECT callee, moment, sum(change) AS change FROM (
            SELECT callee, s AS moment, 1 AS change FROM twice
            UNION ALL SELECT callee, least(s + 3600, coalesce(next, s + 3600)), -1 FROM twice
        ) GROUP BY ALL)
)
SELECT t.*, coalesce(b.returned, 0) AS returned, coalesce(m.most, t.most_60min) AS most_callers_60min, coalesce(o.holder, 0) AS holder,
    coalesce(o.principal, 0) AS principal, coalesce(o.use, -1) AS use, coalesce(o.sort, 0) AS sort
FROM t LEFT JOIN (SELECT callee, max(n) AS most FROM standing GROUP BY callee) m ON t.subject = m.callee
LEFT JOIN owners o ON t.subject = o.caller
LEFT JOIN (SELECT callee, count(*) AS returned FROM (
    SELECT DISTINCT callee, caller FROM hot SEMI JOIN t ON hot.callee = t.subject
    WHERE caller_kind NOT IN (30, 31) AND callee <> caller
) got SEMI JOIN (SELECT caller, callee FROM call SEMI JOIN t ON call.caller = t.subject WHERE caller_kind NOT IN (30, 31)) made
    ON got.callee = made.caller AND got.caller = made.callee GROUP BY callee) b ON t.subject = b.callee;
