/* Bytes that grow. Out of memory ends the program. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
  uint8_t *data;
  size_t size, capacity;
};

static uint8_t *reserve(struct bytes *b, size_t more) {
  if (b->size + more > b->capacity) {
    b->capacity = (b->size + more) * 2;
    b->data = realloc(b->data, b->capacity);
    if (!b->data) abort();
  }
  return b->data + b->size;
}

static void append(struct bytes *b, const void *from, size_t size) {
  memcpy(reserve(b, size), from, size);
  b->size += size;
}

static void drop_front(struct bytes *b, size_t size) {
  b->size -= size;
  memmove(b->data, b->data + size, b->size);
}
