// Checks a receipt (.tlog-proof, C2SP tlog-proof over RFC 6962 hashes) with nothing but the receipt, a verifier key
// and the browser's own cryptography. Formats: docs, “Evidence log”. Throws ReceiptError with a code that says what failed.

export class ReceiptError extends Error {
  constructor(code, detail = "") {
    super(detail ? `${code}: ${detail}` : code);
    this.code = code;
    this.detail = detail;
  }
}

const encoder = new TextEncoder();
const HEADER = "c2sp.org/tlog-proof@v1";
const MOST_HASHES = 64;

export function supported() {
  return Boolean(globalThis.crypto?.subtle);
}

export function bytesOf(base64, code = "unreadable") {
  if (typeof base64 !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4) throw new ReceiptError(code, "base64");
  const raw = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  // Two spellings of the same bytes would be two receipts of one fact.
  if (base64Of(raw) !== base64) throw new ReceiptError(code, "base64");
  return raw;
}

export function base64Of(raw) {
  return btoa(Array.from(raw, (byte) => String.fromCharCode(byte)).join(""));
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { whole.set(part, at); at += part.length; }
  return whole;
}

function same(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

// RFC 9162 2.1.3.2. Indexes and sizes are BigInt: a log may outgrow what a double counts.
export async function included(leaf, index, size, proof, root, code) {
  if (index < 0n || index >= size) throw new ReceiptError(code, "index");
  if ([leaf, root, ...proof].some((hash) => hash.length !== 32)) throw new ReceiptError(code, "hash length");
  let low = index, high = size - 1n, result = leaf;
  for (const sibling of proof) {
    if (high === 0n) throw new ReceiptError(code, "too long");
    if (low & 1n || low === high) {
      result = await sha256(NODE, sibling, result);
      while (low !== 0n && !(low & 1n)) { low >>= 1n; high >>= 1n; }
    } else {
      result = await sha256(NODE, result, sibling);
    }
    low >>= 1n; high >>= 1n;
  }
  if (high !== 0n) throw new ReceiptError(code, "too short");
  if (!same(result, root)) throw new ReceiptError(code, "root");
}

function whole(text, code) {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(String(text))) throw new ReceiptError(code, "number");
  return BigInt(text);
}

export async function readKey(vkey) {
  const text = vkey.trim();
  const [name, id, ...rest] = text.split("+");
  const key = bytesOf(rest.join("+"), "key");
  if (!name || /\s/.test(name) || key.length !== 33 || key[0] !== 1) throw new ReceiptError("key");
  const expected = (await sha256(encoder.encode(`${name}\n`), key)).slice(0, 4);
  if (Array.from(expected, (b) => b.toString(16).padStart(2, "0")).join("") !== id) throw new ReceiptError("key", "id");
  return { name, id: expected, key: key.slice(1) };
}

async function readCheckpoint(note, verifier) {
  const blank = note.lastIndexOf("\n\n");
  if (blank < 0 || !note.endsWith("\n")) throw new ReceiptError("unreadable", "checkpoint");
  const body = note.slice(0, blank + 1);
  const lines = note.slice(blank + 2, -1).split("\n");
  let signature = null;
  for (const line of lines) {
    const [mark, name, encoded, ...more] = line.split(" ");
    if (mark !== "—" || !name || !encoded || more.length) throw new ReceiptError("unreadable", "signature line");
    const raw = bytesOf(encoded);
    if (name === verifier.name && same(raw.slice(0, 4), verifier.id)) { signature = raw.slice(4); break; }
  }
  if (!signature) throw new ReceiptError("signer", verifier.name);
  const key = await crypto.subtle.importKey("raw", verifier.key, { name: "Ed25519" }, false, ["verify"]);
  if (!(await crypto.subtle.verify({ name: "Ed25519" }, key, signature, encoder.encode(body)))) throw new ReceiptError("signature");
  const [origin, size, root] = body.split("\n");
  if (origin !== verifier.name) throw new ReceiptError("signer", origin);
  const hash = bytesOf(root ?? "");
  if (hash.length !== 32) throw new ReceiptError("unreadable", "root");
  return { origin, size: whole(size, "unreadable"), root: hash };
}

function readProof(text) {
  const blank = text.indexOf("\n\n");
  if (blank < 0) throw new ReceiptError("unreadable", "blank line");
  const [header, extra, index, ...hashes] = text.slice(0, blank).split("\n");
  if (header !== HEADER || !extra?.startsWith("extra ") || !index?.startsWith("index ")) throw new ReceiptError("unreadable", "header");
  if (hashes.length > MOST_HASHES) throw new ReceiptError("unreadable", "hashes");
  let opening;
  try {
    opening = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(extra.slice(6))));
  } catch (error) {
    throw error instanceof ReceiptError ? error : new ReceiptError("unreadable", "extra");
  }
  if (opening?.v !== 1 || typeof opening.content !== "string") throw new ReceiptError("version");
  return {
    opening,
    index: whole(index.slice(6), "unreadable"),
    hashes: hashes.map((line) => bytesOf(line)),
    note: text.slice(blank + 2),
  };
}

async function leafOf(opening) {
  const salt = bytesOf(opening.salt, "opening");
  if (salt.length !== 32) throw new ReceiptError("opening", "salt");
  return sha256(LEAF, await sha256(salt, encoder.encode(opening.content)));
}

function parsed(content) {
  try {
    return JSON.parse(content);
  } catch {
    throw new ReceiptError("unreadable", "content");
  }
}

// → {origin, index, size, entry, row}: what the receipt proves. `entry` and `row` are the opened JSON.
export async function verify(text, vkey) {
  if (!supported()) throw new ReceiptError("unsupported");
  const verifier = await readKey(vkey);
  const proof = readProof(text.replaceAll("\r\n", "\n"));
  const checkpoint = await readCheckpoint(proof.note, verifier);
  const leaf = await leafOf(proof.opening);
  await included(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root, "inclusion");
  const entry = parsed(proof.opening.content);
  const result = { origin: checkpoint.origin, index: proof.index, size: checkpoint.size, entry, row: null };
  if (proof.opening.row) result.row = await verifyRow(proof.opening.row, entry.batch);
  return result;
}

async function verifyRow(row, batch) {
  if (!batch) throw new ReceiptError("row", "no batch");
  const size = whole(batch.size, "row");
  if (whole(row.size, "row") !== size) throw new ReceiptError("row", "size");
  const index = whole(row.index, "row");
  const hashes = Array.isArray(row.hashes) ? row.hashes.map((line) => bytesOf(line, "row")) : [];
  await included(await leafOf(row), index, size, hashes, bytesOf(batch.root, "row"), "row");
  return { index, size, content: parsed(row.content) };
}
