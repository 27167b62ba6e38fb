"""What rooms refuse, in sentences for people: code → (what, how to mend it)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mingbai.web import words_admission, words_cases, words_detection, words_reports, words_selling, words_signing
from mingbai.web.words import Word

SENTENCES: dict[str, tuple[Word, Word]] = {
    **words_selling.SENTENCES,
    **words_admission.SENTENCES,
    **words_reports.SENTENCES,
    **words_signing.SENTENCES,
    **words_cases.SENTENCES,
    **words_detection.SENTENCES,
    "msisdn.unreadable": (
        _("This is not a telephone number that we can read."),
        _("Write it as you would dial it, such as 13812345678, 010-12345678 or 4008109889."),
    ),
    "msisdn.unallocated": (_("No such number has been given out."), _("Check the digits.")),
    "msisdn.malformed": (
        _("This is not a telephone number that we can read."),
        _("Write it as you would dial it, such as 13812345678, 010-12345678 or 4008109889."),
    ),
    "msisdn.missing": (_("There is no number."), _("Write the number as you would dial it.")),
    "web.rate": (_("That was tried too often."), _("Wait an hour, then try again.")),
    "web.file_missing": (_("No file came with the form."), _("Choose a file, then send the form again.")),
    "web.file_too_large": (_("The file is larger than this page takes."), _("Split it and send the parts.")),
    "web.reason_missing": (
        _("A reason is needed before a number is shown."),
        _("Say in at least four characters what you need it for."),
    ),
    "web.reason_needed": (_("A reason is needed."), _("Say in a few words why. It stands in the evidence log.")),
    "web.name_missing": (_("The key needs a name."), _("Name it after the system that will use it.")),
    "web.number_not_yours": (
        _("This number neither belongs to your organisation nor calls for it."),
        _("Name numbers that stand under Numbers."),
    ),
    "web.unknown_firm": (
        _("No firm of this name is registered."),
        _("Write the name as it stands under My calls or in the number look-up."),
    ),
    "web.receipt_waiting": (
        _("The entry is on record, but not yet numbered in the log."),
        _("Try again in a few seconds."),
    ),
    "web.job_failed": (
        _("The fault is ours; your file was not taken."),
        _("Send it again. If it fails once more, tell the operator the time."),
    ),
    "web.nul": (
        _("The text holds a character that no text can have (NUL)."),
        _("Remove it, then send the rest again."),
    ),
    "orders.not_published": (
        _("This tariff is not published, so it cannot be sold."),
        _("Choose one that stands in the disclosure zone."),
    ),
    "orders.not_on_sale": (
        _("This tariff is not on sale today."),
        _("Its page says from when until when it is."),
    ),
    "orders.channel": (
        _("This tariff is not sold this way."),
        _("Its page says where it is sold."),
    ),
    "orders.region": (
        _("This tariff does not hold in this region."),
        _("Its page says where it does."),
    ),
    "orders.person": (
        _("This tariff is for certain people alone."),
        _("Say what you saw that makes this person one of them."),
    ),
    "orders.kind": (
        _("The tariff is not for this kind of order."),
        _("A tariff with a trial is offered as a trial, and no other is."),
    ),
    "orders.gift": (
        _("A gift costs nothing, and this tariff has a price."),
        _("Offer it as an order."),
    ),
    "orders.payee": (
        _("Carrier billing, and it alone, says who is paid and for what."),
        _("Fill it in, or leave it out."),
    ),
    "orders.seller": (
        _("The seller may not sell this tariff here, this way, today."),
        _("The operator says what each seller may sell."),
    ),
    "orders.seller_state": (
        _("The seller is suspended or has ended."),
        _("Ask the operator."),
    ),
    "orders.unknown_seller": (
        _("There is no such seller."),
        _("The operator registers sellers."),
    ),
    "orders.no_seller": (
        _("Your organisation sells nothing here."),
        _("The operator registers sellers and says what they may sell."),
    ),
    "orders.no_staff": (
        _("Only named sales staff may do this."),
        _("Ask your administrator for a staff number."),
    ),
    "orders.single_missing": (
        _("A part of this bundle is not on sale by itself, so the bundle is not sold either."),
        _("Publish the part first."),
    ),
    "orders.refused": (
        _("This person has refused this seller."),
        _("Do not ask again."),
    ),
    "orders.declined": (
        _("This person has turned this offer down."),
        _("Do not ask again for now; they can order it themselves."),
    ),
    "orders.too_many_open": (
        _("Too many offers wait for this person's answer."),
        _("Wait until they are answered."),
    ),
    "orders.too_many": (
        _("This person was asked too often today."),
        _("Wait until tomorrow."),
    ),
    "orders.reference": (
        _("This reference stands for another order."),
        _("Take a new one."),
    ),
    "orders.follows": (
        _("There is no order of this person that this one could follow."),
        _("Name the order that is renewed, or the trial."),
    ),
    "orders.start": (
        _("An order begins today or within a year."),
        _("Choose another day."),
    ),
    "orders.tenure_ended": (
        _("This number has another user now."),
        _("Ask the person."),
    ),
    "orders.unknown": (
        _("There is no such order."),
        _("Check its number."),
    ),
    "orders.not_open": (
        _("This offer is not open any more."),
        _("Nothing was done. Ask for a new one."),
    ),
    "orders.wrong_code": (
        _("This code is wrong or has run out."),
        _("Look at the latest SMS, or ask for a new code."),
    ),
    "orders.may_not_leave": (
        _("This tariff does not let you leave on this page."),
        _("Its terms say how."),
    ),
    "orders.nothing_to_leave": (
        _("There is nothing to leave now."),
        _("Look again when it is done."),
    ),
    "orders.no_reason": (
        _("A reason is needed."),
        _("Say in a few words why. It stands in the evidence log."),
    ),
    "notices.too_many_codes": (
        _("Too many codes were sent to this number within the hour."),
        _("Wait an hour, then try again."),
    ),
    "tariffs.compare": (
        _("Two to four tariffs are needed to compare."),
        _("Tick them in the list, then compare."),
    ),
    "tariffs.day": (_("This is no day."), _("Write it as 2026-11-22.")),
    "paper.no_font": (
        _("This machine has no font with Chinese, so it makes no PDF."),
        _("Print the page instead, or ask the operator to install fonts-noto-cjk."),
    ),
    "tariffs.second_person": (
        _("Whoever wrote a version does not review it."),
        _("Somebody else has to look."),
    ),
    "tariffs.errors": (
        _("The version cannot be published while an error stands."),
        _("Mend what is listed under Findings."),
    ),
    "tariffs.questions": (
        _("A question is not answered yet."),
        _("Answer each question on the page; the answers stand in the evidence log."),
    ),
    "tariffs.state": (
        _("The version is no longer in that state."),
        _("Load the page again; somebody else was faster."),
    ),
    "tariffs.in_review": (_("A version of this plan is in review."), _("Have it sent back, or wait.")),
    "tariffs.in_work": (_("Somebody else writes this plan just now."), _("Try again in a moment.")),
    "tariffs.unchanged": (_("This is what is published already."), _("Change something, or leave it.")),
    "tariffs.words": (_("A few words are needed."), _("Write 2 to 300 characters. They stand in the evidence log.")),
    "tariffs.no_code": (_("A plan needs a code and a name."), _("Write both, then save again.")),
    "tariffs.field": (_("A field cannot be read."), _("Correct it, then save again.")),
    "tariffs.too_long": (_("A text is too long."), _("Shorten it.")),
    "tariffs.file_encoding": (_("The file is in no encoding that we know."), _("Save it as CSV in UTF-8.")),
    "tariffs.file_empty": (
        _("There are no rows in the file."),
        _("The first line names the columns, the others follow."),
    ),
    "tariffs.file_unreadable": (_("The file cannot be read as a table."), _("Save it as CSV or JSON.")),
    "tariffs.file_column": (
        _("A column is missing, or stands twice."),
        _("Plan code and name are needed; each column stands once."),
    ),
    "tariffs.file_too_long": (_("The file has too many rows."), _("Divide it.")),
    "web.choice": (_("This choice is not on the list."), _("Choose one of the list.")),
    "api.key_unknown": (
        _("The API key is missing, unknown or ended."),
        _("Send it as “Authorization: Bearer mb_…”."),
    ),
    "api.scope": (_("The key is not allowed to do this."), _("Make a key that has this scope.")),
    "api.invalid": (_("The request does not have the form that is asked for."), _("Compare it with /api/v1/docs.")),
    "api.field_twice": (_("A field is given twice."), _("Send it once.")),
    "api.unreadable": (_("The request cannot be read."), _("Send JSON in UTF-8.")),
    "api.fault": (
        _("The fault is ours, not your request's."),
        _("Send it again. If it fails once more, tell the operator the time."),
    ),
    "api.sender": (_("Nobody writes SMS from this number."), _("Name the number of the subscriber who wrote.")),
    "api.time_zone": (_("The time has no time zone."), _("Write it as 2027-01-31T00:00:00+08:00.")),
    "api.cursor": (_("This is no cursor that we gave out."), _("Take “next” of the page before, or leave it out.")),
    "api.no_such_consent": (_("Your organisation has no such consent."), ""),
    "api.no_such_call": (_("There is no such call in this API."), _("See /api/v1/docs.")),
    "api.idempotency_key": (_("The Idempotency-Key is longer than 255 characters."), _("Send a UUID.")),
    "api.idempotency_reused": (
        _("This Idempotency-Key came with another request before."),
        _("Take a new one for each request."),
    ),
    "api.idempotency_busy": (
        _("The first request with this Idempotency-Key is still being done."),
        _("Ask again in a second."),
    ),
    "consent.blocks_full": (_("You have 200 blocks, which is the most."), _("Lift one that you no longer need.")),
    "consent.expires_late": (_("No consent lasts that long."), _("Name a day before the year 9999.")),
    "consent.erased": (_("What opens this receipt was destroyed."), ""),
    "consent.no_proof_filed": (
        _("No hash of a proof was filed with this consent, so no file can prove it."),
        _("The refusal stands."),
    ),
    "consent.other_file": (
        _("This is another file: its SHA-256 is not the one that you filed."),
        _("Send the file exactly as it was when you filed its hash."),
    ),
    "consent.request_closed": (_("The request is closed, or its time is over."), ""),
    "consent.no_reason": (_("A reason is needed."), _("Say in a few words why. It stands in the evidence log.")),
    "consent.not_suspended": (_("The list is not suspended."), ""),
    "consent.proof_owed": (
        _("A proof that was asked for was never shown."),
        _("The firm has to show the filed files first."),
    ),
    "consent.second_look": (
        _("You asked for it yourself: somebody else has to look too."),
        _("Leave it to another account."),
    ),
    "consent.nothing_to_dispute": (_("There is no consent that could be disputed."), ""),
    "consent.prefix": (
        _("This cannot begin a number."),
        _("Write two to twelve digits, such as 95, 021 or 400810."),
    ),
    "consent.refused": (_("The subscriber has refused. Only they can open it again."), ""),
    "consent.tenure_ended": (_("This number has another user now."), ""),
    "consent.any": (_("A consent names its purpose."), _("Choose one; “any” is for refusals.")),
    "cases.words": (
        _("This is too short to say what is wrong, or too long."),
        _("Write between 4 and 2,000 characters."),
    ),
    "cases.no_verdict": (_("There is no such call of yours."), _("Check the number of the verdict.")),
    "cases.not_refused": (_("This call was not refused, so there is nothing to appeal here."), ""),
    "cases.appealed": (_("You appealed this call already."), _("The answer will stand on its page.")),
    "cases.no_appeal": (_("There is no such appeal."), ""),
    "cases.answered": (_("This appeal is answered already."), ""),
    "redress.other_number": (
        _("This is not the number that was called."),
        _("Write it as it was dialled. It can be tried five times an hour."),
    ),
    "import.spreadsheet": (_("This is a spreadsheet, not a table as text."), _("Save it as CSV, then send that.")),
    "import.empty": (_("The file is empty."), _("Choose another file.")),
    "import.header": (
        _("The first line does not name the columns that are needed."),
        _("Name them: number, reference, proof_sha256, given_at, and expires_at if there is a term."),
    ),
    "list.no_numbers": (_("The list has no column of numbers."), _("Call the column “号码” or “number”.")),
    "list.empty": (_("The file is empty."), _("Choose another file.")),
    "list.encoding": (_("The file's encoding cannot be read."), _("Save it as UTF-8 or GB 18030.")),
    "list.parquet": (_("This is no Parquet file that can be read."), _("Send it as CSV, or write it anew.")),
    "list.quote": (_("A quoted cell does not end."), _("Close every quotation mark in the CSV.")),
    "import.parquet": (_("This is no Parquet file that can be read."), _("Send it as CSV, or write it anew.")),
    "import.csv": (_("This CSV cannot be read."), _("Check quotation marks and the number of cells in each line.")),
    "import.column_type": (
        _("The type of this column says nothing about consents."),
        _("Write numbers, references and hashes as text, times as text or timestamps."),
    ),
    "import.column_twice": (_("Two columns mean the same."), _("Keep one of them.")),
    "numbers.file_empty": (_("The file is empty."), _("Choose another file.")),
    "numbers.file_encoding": (_("The file's encoding cannot be read."), _("Save it as UTF-8 or GB 18030.")),
    "numbers.file_too_large": (_("The file is larger than this page takes."), _("Split it and send the parts.")),
    "numbers.file_too_long": (_("The file has more rows than are taken at once."), _("Split it and send the parts.")),
    "numbers.file_unreadable": (
        _("This CSV cannot be read."),
        _("Check quotation marks and the number of cells in each line."),
    ),
    "numbers.file_column": (
        _("A needed column is missing, or one is not known."),
        _("See the list of columns at the foot of the page."),
    ),
    "scrub.organisation": (
        _("The gate does not know your organisation yet."),
        _("Wait a few seconds, then send the list again."),
    ),
    "scrub.caller": (_("This number does not call for your organisation."), _("Choose another number.")),
    "facts.missing": (_("The gate has no facts at the moment."), _("Try again in a minute.")),
    "people.key_unbounded": (
        _("A key that asks for verdicts has to name its numbers."),
        _("Write the numbers that it may ask about."),
    ),
    "people.unknown_scope": (_("A key has to be allowed something."), _("Tick at least one line.")),
    "people.retained": (
        _("The law wants these records kept for now."),
        _("They can be restricted: stored and nothing else, then erased."),
    ),
    "people.not_retained": (_("Nothing wants these records kept."), _("They can be erased.")),
    "people.not_active": (_("The organisation is suspended or closed."), _("It has to be active first.")),
    "people.closed": (_("A closed organisation stays closed."), ""),
    "people.service_number": (
        _("This is a service's number, not a person's."),
        _("Give a mobile or fixed number, or one of another country."),
    ),
    "people.unknown_subscriber": (_("There is no such subscriber, or the number was erased."), ""),
    "numbers.closed": (_("A closed number stays closed."), _("Register it anew.")),
    "numbers.label": (_("A label has at most 28 plain characters."), _("Shorten it.")),
    "numbers.label_text": (_("A certified name or a service line needs a text."), _("Write it out.")),
    "numbers.label_public": (_("Emergency and public-interest numbers are no nuisance."), ""),
    "numbers.label_count": (_("So many people do not go with this kind of label."), _("Correct the number of people.")),
    "numbers.label_number": (_("This is no number."), _("Name one number.")),
    "numbers.label_kind": (_("There is no such kind of label."), _("Choose one of the list.")),
    "numbers.label_ends": (_("A label ends after it begins."), _("Choose a later day.")),
    "numbers.no_label": (_("Nothing is said of this number."), ""),
    "numbers.no_reason": (_("A reason is needed."), _("Say why.")),
    "numbers.not_yours": (
        _("This is no number of yours."),
        _("Log in with the number, or with the account of its firm."),
    ),
    "webhook.url": (_("This is no address that can be called."), _("Give one that begins with https://")),
    "numbers.asked": (_("A request about this number waits for its answer already."), ""),
    "numbers.answered": (_("This request is answered already."), ""),
    "numbers.no_correction": (_("There is no such request."), ""),
    "numbers.words": (_("Between 4 and 2,000 characters are needed."), _("Say in a few sentences what is wrong.")),
    "ledger.shredded": (_("What opens this entry was destroyed, as the law asks. The log itself still verifies."), ""),
    "calls.key_destroyed": (_("The time for keeping this is over; its key was destroyed."), ""),
    "calls.no_attempt": (_("There is no such call."), ""),
}
