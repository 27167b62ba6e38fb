// The page “check a receipt”: takes a dropped, chosen or pasted receipt and shows what it proves.
import { ReceiptError, supported, verify } from "./receipt.js";

const words = JSON.parse(document.getElementById("words").textContent);
const form = document.getElementById("check");
const drop = document.getElementById("drop");
const text = form.elements.text;
const file = form.elements.file;
const outcome = document.getElementById("outcome");

const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "…");

function element(tag, content, look) {
  const made = document.createElement(tag);
  if (content !== undefined) made.textContent = content;
  if (look) made.className = look;
  return made;
}

function facts(value) {
  const list = element("dl", undefined, "facts");
  // What has a word comes first, in the order of the words; what only machines read comes last.
  const place = (name) => { const at = Object.keys(words.names).indexOf(name); return at < 0 ? Infinity : at; };
  const sorted = Object.entries(value).sort(([a], [b]) => (place(a) === place(b) ? 0 : place(a) - place(b)));
  for (const [name, item] of sorted) {
    if (item === "" || item === null || (name === "v")) continue;
    list.append(element("dt", words.names[name] ?? name));
    const said = element("dd");
    if (item !== null && typeof item === "object") said.append(Array.isArray(item) ? item.join(", ") : facts(item));
    else said.textContent = (name === "at" || name === "at_us") && Number.isInteger(item) ? new Date(item / 1000).toLocaleString(document.documentElement.lang) : (words.values[item] ?? String(item));
    list.append(said);
  }
  return list;
}

function show(good, headline, sentence, parts = []) {
  outcome.replaceChildren();
  outcome.hidden = false;
  const box = element("div", undefined, `outcome ${good ? "good" : "bad"}`);
  box.append(element("strong", `${good ? "●" : "■"} ${headline}`), element("p", sentence));
  outcome.append(box, ...parts);
  outcome.focus();
}

function checklist(result) {
  const list = element("ul", undefined, "checks");
  const values = { origin: result.origin, index: result.index, size: result.size, row: result.row ? result.row.index + 1n : "", rows: result.row?.size };
  for (const name of ["signature", "inclusion", "opening", ...(result.row ? ["row"] : [])]) {
    list.append(element("li", fill(words.checked[name], values)));
  }
  for (const sentence of words.unchecked) list.append(element("li", sentence, "none"));
  return list;
}

async function check(content) {
  const vkey = form.elements.vkey.value.trim() || form.dataset.vkey;
  try {
    const result = await verify(content, vkey);
    const title = element("h3", words.says);
    const heading = element("h3", words.what_was_checked);
    const values = { index: result.index, origin: result.origin };
    show(true, words.good, fill(words.good_sentence, values), [heading, checklist(result), title, facts(result.row ? result.row.content : result.entry)]);
  } catch (error) {
    // A browser without Ed25519 says so only when asked for it; then the server checks.
    const helpless = error instanceof DOMException && error.name === "NotSupportedError";
    if (helpless || error.code === "unsupported") { form.submit(); return; }
    if (!(error instanceof ReceiptError)) throw error;
    show(false, words.bad, words.failed[error.code] ?? words.failed.unreadable);
  }
}

async function submitted(event) {
  if (event.submitter?.name === "print") return; // laid out for paper by the server
  event.preventDefault();
  const chosen = file.files[0];
  const content = chosen ? await chosen.text() : text.value;
  if (content.trim()) await check(content);
}

if (supported()) {
  form.addEventListener("submit", submitted);
  document.getElementById("where").textContent = words.here;
  for (const name of ["dragover", "dragenter"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    const dropped = event.dataTransfer.files[0];
    if (dropped) { text.value = await dropped.text(); await check(text.value); }
  });
  file.addEventListener("change", async () => { if (file.files[0]) { text.value = await file.files[0].text(); await check(text.value); } });
}
