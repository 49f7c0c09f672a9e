// Bytes: SHA-256, base64, canonical JSON. What a hash or a signature stands on is compared as bytes, never as objects.
"use strict";

/** A check that failed: its code, and what was found. */
class Fault extends Error {
  constructor(code, found = "") {
    super(code);
    this.code = code;
    this.found = String(found);
  }
}

function demand(holds, code, found = "") {
  if (!holds) throw new Fault(code, found);
}

const ROUND = new Uint32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
const schedule = new Uint32Array(64);

/** SHA-256 of some bytes (FIPS 180-4): here, because the browser's own is asynchronous and a tree asks for many. */
function sha256(bytes) {
  const padded = new Uint8Array(((bytes.length + 72) >> 6) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, bytes.length << 3);
  const state = new Uint32Array([
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  ]);
  for (let block = 0; block < padded.length; block += 64) compress(state, view, block);
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, index) => digest.setUint32(4 * index, word));
  return new Uint8Array(digest.buffer);
}

function compress(state, view, block) {
  const w = schedule;
  for (let i = 0; i < 16; i++) w[i] = view.getUint32(block + 4 * i);
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => (state[index] += word));
}

function concatenated(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function equalBytes(one, other) {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function fromBase64(text, code) {
  let letters;
  try {
    letters = atob(text);
  } catch {
    throw new Fault(code);
  }
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  demand(toBase64(bytes) === text, code); // one spelling: no spaces, no stray bits, all of the padding
  return bytes;
}

function toBase64(bytes) {
  let letters = "";
  for (let at = 0; at < bytes.length; at += 0x8000) letters += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(letters);
}

const toBase64Url = (bytes) => toBase64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const encodeText = (text) => new TextEncoder().encode(text);

/** Strict UTF-8, a byte order mark kept. */
function decodeText(bytes, code) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Fault(code);
  }
}

const KEY = /^[a-z][a-z0-9_]{0,31}$/;
const DEPTH_MAX = 4;

/** The document whose canonical JSON these bytes are, as a Map (RFC 8785, narrowed: no floats, no null). */
function parseCanonical(bytes, code) {
  const text = decodeText(bytes, code);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Fault(code, text.slice(0, 80));
  }
  demand(typeof value === "object" && value !== null && !Array.isArray(value), code);
  demand(canonical(value, 1, code) === text, code, text.slice(0, 80)); // duplicates, spaces, 1.0, 1e3 end here
  return new Map(Object.entries(value));
}

function canonical(value, depth, code) {
  switch (typeof value) {
    case "string":
      demand(isWellFormed(value), code);
      return JSON.stringify(value);
    case "boolean":
      return String(value);
    case "number":
      demand(Number.isSafeInteger(value) && !Object.is(value, -0), code);
      return String(value);
    default:
      demand(typeof value === "object" && value !== null && depth <= DEPTH_MAX, code);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1, code)).join(",")}]`;
  const names = Object.keys(value).sort();
  demand(names.every((name) => KEY.test(name)), code);
  return `{${names.map((name) => `"${name}":${canonical(value[name], depth + 1, code)}`).join(",")}}`;
}

/** Whether a text has no lone surrogate: those do not survive UTF-8. */
const isWellFormed = (text) => decodeURIComponentSafe(text) !== null;

function decodeURIComponentSafe(text) {
  try {
    return encodeURIComponent(text);
  } catch {
    return null;
  }
}
