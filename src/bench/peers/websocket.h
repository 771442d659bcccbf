/* The little of RFC 6455 that bare.c needs: the answer to Sec-WebSocket-Key (section 4.2.2) and the
 * frame header (section 5.2), both ways. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* SHA-1 of at most 119 bytes (FIPS 180-4), for the handshake only. */
static void digest(const char *text, uint8_t out[20]) {
  uint8_t block[128] = {0};
  size_t size = strlen(text), total = size < 56 ? 64 : 128;
  memcpy(block, text, size);
  block[size] = 0x80;
  for (int i = 0; i < 4; i++) block[total - 1 - i] = (uint8_t)(size * 8 >> 8 * i);
  uint32_t state[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  static const uint32_t constant[4] = {0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6};
#define ROTATE(x, n) ((x) << (n) | (x) >> (32 - (n)))
  for (uint8_t *b = block; b < block + total; b += 64) {
    uint32_t word[80], v[5];
    for (int t = 0; t < 80; t++)
      word[t] = t < 16 ? (uint32_t)b[4 * t] << 24 | b[4 * t + 1] << 16 | b[4 * t + 2] << 8 | b[4 * t + 3]
                       : ROTATE(word[t - 3] ^ word[t - 8] ^ word[t - 14] ^ word[t - 16], 1);
    memcpy(v, state, sizeof v);
    for (int t = 0; t < 80; t++) {
      uint32_t choose = (v[1] & v[2]) | (~v[1] & v[3]), parity = v[1] ^ v[2] ^ v[3];
      uint32_t majority = (v[1] & v[2]) | (v[3] & (v[1] | v[2]));
      uint32_t mixed = t < 20 ? choose : t < 40 || t >= 60 ? parity : majority;
      uint32_t top = ROTATE(v[0], 5) + mixed + v[4] + constant[t / 20] + word[t];
      v[4] = v[3], v[3] = v[2], v[2] = ROTATE(v[1], 30), v[1] = v[0], v[0] = top;
    }
    for (int i = 0; i < 5; i++) state[i] += v[i];
  }
  for (int i = 0; i < 20; i++) out[i] = state[i / 4] >> (24 - 8 * (i % 4));
}

static void base64(const uint8_t in[20], char out[29]) {
  static const char sign[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint32_t bits = 0;
  int have = 0, n = 0;
  for (int i = 0; i < 21; i++) { /* a zero byte more fills the last group */
    bits = bits << 8 | (i < 20 ? in[i] : 0);
    for (have += 8; have >= 6; have -= 6) out[n++] = sign[bits >> (have - 6) & 63];
  }
  strcpy(out + 27, "=");
}

/* The answer to a key of at most 24 signs. */
static void accept_key(const char *key, char out[29]) {
  char text[96];
  uint8_t hash[20];
  snprintf(text, sizeof text, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
  digest(text, hash);
  base64(hash, out);
}

/* Writes the header of a text of this many bytes and returns the header's size. */
static size_t text_header(uint8_t head[10], size_t size) {
  int wide = size < 126 ? 0 : size < 65536 ? 2 : 8;
  size_t length = 2;
  head[0] = 0x81;
  head[1] = wide == 0 ? size : wide == 2 ? 126 : 127;
  for (int i = 0; i < wide; i++) head[length++] = (uint64_t)size >> 8 * (wide - 1 - i);
  return length;
}

/* Size of the frame at p, 0 while its end has not come; sets where its text is, unmasked. */
static size_t next_frame(uint8_t *p, size_t have, uint8_t **text, size_t *size) {
  if (have < 6) return 0;
  size_t length = p[1] & 127, head = 2;
  int wide = length == 126 ? 2 : length == 127 ? 8 : 0;
  if (have < head + wide + 4) return 0;
  if (wide) length = 0;
  for (int i = 0; i < wide; i++) length = length << 8 | p[head++];
  if (have < head + 4 + length) return 0;
  uint8_t *key = p + head, *data = key + 4;
  for (size_t i = 0; i < length; i++) data[i] ^= key[i % 4];
  *text = data;
  *size = length;
  return head + 4 + length;
}
