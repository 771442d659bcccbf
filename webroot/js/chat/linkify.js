/** Texts with their addresses as links. What is said is text and never markup. */

const ADDRESS = /\bhttps?:\/\/[^\s<>"“”‘’，。！？、；：（）【】《》\p{Cc}\p{Cf}]+/giu;
/** What ends a sentence belongs to it rather than to the address. */
const PUNCTUATION = /[.,:;!?'"*_~]+$/;

/** Appends a text to an element. */
export function appendText(element, text) {
  let from = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = withoutEnd(found);
    const url = parsed(address);
    if (url) {
      element.append(text.slice(from, index), link(address, url));
      from = index + address.length;
    }
  }
  element.append(text.slice(from));
}

function withoutEnd(found) {
  let address = found.replace(PUNCTUATION, "");
  // A closing bracket belongs to the address only if it was opened there.
  while (/[)\]]$/.test(address) && !isBalanced(address)) {
    address = address.slice(0, -1).replace(PUNCTUATION, "");
  }
  return address;
}

function isBalanced(address) {
  const count = (character) => address.split(character).length;
  return count("(") >= count(")") && count("[") >= count("]");
}

function parsed(address) {
  const url = URL.canParse?.(address) === false ? null : safely(address);
  return url && (url.protocol === "http:" || url.protocol === "https:") ? url : null;
}

function safely(address) {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

function link(text, url) {
  const anchor = document.createElement("a");
  anchor.href = url.href;
  // Where it leads to indeed: letters of other scripts can look like those of a known host.
  anchor.title = url.href;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer nofollow ugc";
  anchor.textContent = text;
  return anchor;
}
