/** What a picture file is and how large, from its first bytes: it is known before anything is decoded. */

/** What else people choose. @type {[RegExp, string][]} */
const OTHERS = [
  [/^GIF8/, "a GIF"], [/^BM/, "a bitmap (BMP)"], [/^(II\*\0|MM\0\*)/, "a TIFF picture"],
  [/^....ftyp(hei|mif|hev)/s, "a HEIC picture of a phone"], [/^....ftypavi/s, "an AVIF picture"], [/^%PDF/, "a PDF"],
  [/^\s*<(svg|\?xml)/, "a drawing (SVG)"],
]; // prettier-ignore

/** Arithmetic coding, lossless and hierarchical kinds. */
const RARE = new Set([0xffc3, 0xffc5, 0xffc6, 0xffc7, 0xffc9, 0xffca, 0xffcb, 0xffcd, 0xffce, 0xffcf]);

/**
 * The size as the file states it, before any turning. An error says what the file is, as far as it is known.
 * @param {DataView} head @returns {{width: number, height: number, isRare: boolean}}
 */
export function statedSize(head) {
  const size = pngSize(head) ?? jpegSize(head) ?? webpSize(head);
  if (size) return { width: size[0], height: size[1], isRare: RARE.has(size[2]) };
  const start = letters(head, 0, 64);
  const other = OTHERS.find(([pattern]) => pattern.test(start));
  if (other) throw new Error(`The file is no PNG, JPEG or WebP picture but ${other[1]}. Save it as one of these first.`);
  throw new Error("The file is no PNG, JPEG or WebP picture. Choose one that is.");
}

function letters(head, at, count) {
  return String.fromCharCode(...new Uint8Array(head.buffer, at, Math.max(0, Math.min(count, head.byteLength - at))));
}

/** @param {DataView} head @returns {[number, number] | null} width and height */
function pngSize(head) {
  const isPng = head.byteLength > 24 && head.getUint32(0) === 0x89504e47 && head.getUint32(12) === 0x49484452; // IHDR
  return isPng ? [head.getUint32(16), head.getUint32(20)] : null;
}

/** Walk from segment to segment until the frame header. @param {DataView} head @returns {[number, number, number] | null} */
function jpegSize(head) {
  if (head.byteLength < 4 || head.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 < head.byteLength; ) {
    const marker = head.getUint16(at);
    if (marker === 0xffff) {
      at += 1; // before a marker any number of 255 may stand
      continue;
    }
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return [head.getUint16(at + 7), head.getUint16(at + 5), marker];
    if (marker >> 8 !== 0xff || head.getUint16(at + 2) < 2) return null;
    at += 2 + head.getUint16(at + 2);
  }
  return null;
}

/** Lossy, lossless, or with more than one of these, transparency or movement. @param {DataView} head */
function webpSize(head) {
  if (head.byteLength < 30 || letters(head, 0, 4) !== "RIFF" || letters(head, 8, 4) !== "WEBP") return null;
  const three = (at) => head.getUint16(at, true) + (head.getUint8(at + 2) << 16);
  const packed = head.getUint32(21, true); // 14 bits each, less one
  switch (letters(head, 12, 4)) {
    case "VP8 ":
      return [head.getUint16(26, true) & 0x3fff, head.getUint16(28, true) & 0x3fff];
    case "VP8L":
      return [(packed & 0x3fff) + 1, ((packed >> 14) & 0x3fff) + 1];
    case "VP8X":
      return [three(24) + 1, three(27) + 1];
    default:
      return null;
  }
}
