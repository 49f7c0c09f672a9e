// Entry bundles of the site that a page lies in (C2SP tlog-tiles): where the headers are too many to be carried.
"use strict";

const BUNDLE_WIDTH = 256;
const BUNDLE_BYTES_MAX = BUNDLE_WIDTH * (2 + HEADER_BYTES_MAX);
const BUNDLES_AT_ONCE = 8;
const ANSWER_MS_MAX = 60_000;

/** What keeps this page from telling whether it holds: no fault of the page's, and nothing is shown to be right. */
class Unable extends Fault {}

/** The first `size` headers of the site, bundle by bundle, in order; only a few bundles are held at a time. */
async function* fetchedBatches(root, size) {
  demand(/^(?:\.\.\/)+$/.test(root), "evidence_form", root);
  if (!/^https?:$/.test(location.protocol)) throw new Unable("tiles_elsewhere");
  const count = Math.ceil(size / BUNDLE_WIDTH);
  const coming = [];
  for (let index = 0, next = 0; index < count; index++) {
    for (; next < count && coming.length < BUNDLES_AT_ONCE; next++) {
      const bundle = fetchBundle(root, next, Math.min(BUNDLE_WIDTH, size - next * BUNDLE_WIDTH));
      bundle.catch(() => {}); // it is told of when its turn comes
      coming.push(bundle);
    }
    yield await coming.shift();
  }
}

/** The first `width` headers of a bundle. A partial one may be gone where the full one has come: it is its beginning. */
async function fetchBundle(root, index, width) {
  const full = bundlePath(index);
  const path = width < BUNDLE_WIDTH ? `${full}.p/${width}` : full;
  let bytes = await fetchFile(root, path);
  let held = width;
  if (!bytes && path !== full) {
    bytes = await fetchFile(root, full);
    held = BUNDLE_WIDTH;
  }
  demand(bytes, "tile_missing", path);
  const headers = splitEntries(bytes, "tile_form", path);
  demand(headers.length === held, "tile_form", path);
  return headers.slice(0, width);
}

/** Groups of three digits, all but the last behind an x: 1234067 is x001/x234/067. */
function bundlePath(index) {
  const groups = [];
  for (let rest = index; rest || !groups.length; rest = Math.floor(rest / 1000)) {
    groups.unshift(`${groups.length ? "x" : ""}${String(rest % 1000).padStart(3, "0")}`);
  }
  return `tile/entries/${groups.join("/")}`;
}

/** A file of the site; null where there is none. A Fault where it is larger than a bundle can be. */
async function fetchFile(root, path) {
  const asked = { credentials: "omit", redirect: "error", referrerPolicy: "no-referrer" };
  try {
    const response = await fetch(root + path, { ...asked, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    if (response.status === 404 || response.status === 410) return null;
    if (response.status !== 200) throw new Unable("tile_unreachable", `${path}: ${response.status}`);
    return await readBody(response, path);
  } catch (error) {
    throw error instanceof Fault ? error : new Unable("tile_unreachable", path);
  }
}

async function readBody(response, path) {
  const parts = [];
  let length = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length;
    if (length > BUNDLE_BYTES_MAX) {
      await reader.cancel(); // stopped before it fills the memory
      throw new Fault("tile_form", path);
    }
    parts.push(part.value);
  }
  return concatenated(...parts);
}
