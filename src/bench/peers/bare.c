/* bare: a broadcast server with nothing in it but the kernel's work, as a yardstick.
 *
 *     bare PORT write      one write() per delivery
 *     bare PORT coalesce   what one round of epoll brought goes out by one write() per connection
 *
 * One thread, Linux, 127.0.0.1. A connection's room is the path of its request. It trusts its
 * clients: no limits, no UTF-8 check, no fragments. A connection that lets more than PENDING_LIMIT
 * bytes pile up is closed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bytes.h"
#include "websocket.h"

enum { PENDING_LIMIT = 8 << 20, EVENTS = 256, CHUNK = 256 << 10, BUCKETS = 2048 };

struct room {
  char *name;
  struct client **members;
  size_t count, capacity;
  struct bytes ready; /* encoded frames that go out at the next flush */
  bool queued;
  struct room *next_in_bucket, *next_queued;
};

struct client {
  int fd;
  bool gone, waits;
  struct room *room; /* none before the handshake */
  size_t place;      /* in the room's members */
  struct bytes input, output;
  struct client *next_gone;
};

static struct room *buckets[BUCKETS], *queue;
static struct client *graveyard;
static int poller;
static bool coalesce;

/* Leaves the room at once; the memory goes when the round is over, since events may still name it. */
static void hang_up(struct client *c) {
  if (c->gone) return;
  c->gone = true;
  if (c->room) {
    struct client *last = c->room->members[--c->room->count];
    c->room->members[c->place] = last;
    last->place = c->place;
  }
  close(c->fd);
  c->next_gone = graveyard;
  graveyard = c;
}

static void want_writable(struct client *c, bool wanted) {
  if (c->waits == wanted) return;
  c->waits = wanted;
  struct epoll_event e = {.events = EPOLLIN | (wanted ? EPOLLOUT : 0), .data.ptr = c};
  epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &e);
}

static void transmit(struct client *c, const uint8_t *data, size_t size) {
  ssize_t taken = 0;
  if (c->output.size == 0) {
    taken = send(c->fd, data, size, MSG_NOSIGNAL);
    if (taken == (ssize_t)size) return;
    if (taken < 0 && errno != EAGAIN) {
      hang_up(c);
      return;
    }
    if (taken < 0) taken = 0;
  }
  append(&c->output, data + taken, size - taken);
  if (c->output.size > PENDING_LIMIT)
    hang_up(c);
  else
    want_writable(c, true);
}

static void flush_room(struct room *r) {
  for (size_t i = r->count; i-- > 0;) transmit(r->members[i], r->ready.data, r->ready.size);
  r->ready.size = 0;
}

static void broadcast(struct room *r, const uint8_t *text, size_t size) {
  uint8_t head[10];
  size_t length = text_header(head, size);
  append(&r->ready, head, length);
  append(&r->ready, text, size);
  if (!coalesce) {
    flush_room(r);
  } else if (!r->queued) {
    r->queued = true;
    r->next_queued = queue;
    queue = r;
  }
}

static struct room *find_room(const char *name) {
  uint32_t hash = 2166136261u;
  for (const char *s = name; *s; s++) hash = (hash ^ (uint8_t)*s) * 16777619u;
  struct room **at = &buckets[hash % BUCKETS];
  while (*at && strcmp((*at)->name, name)) at = &(*at)->next_in_bucket;
  if (!*at) {
    *at = calloc(1, sizeof **at);
    (*at)->name = strdup(name);
  }
  return *at;
}

static void enter(struct client *c, struct room *r) {
  if (r->count == r->capacity) {
    r->capacity = r->capacity ? r->capacity * 2 : 4;
    r->members = realloc(r->members, r->capacity * sizeof *r->members);
  }
  c->room = r;
  c->place = r->count;
  r->members[r->count++] = c;
}

static void shake_hands(struct client *c, const char *request) {
  char path[256], key[25], accept[29], answer[256];
  const char *given = strcasestr(request, "\r\nSec-WebSocket-Key:");
  if (!given || sscanf(request, "GET %255s", path) != 1 || sscanf(given + 20, " %24s", key) != 1) {
    hang_up(c);
    return;
  }
  accept_key(key, accept);
  int size = snprintf(answer, sizeof answer,
                      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                      "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
  transmit(c, (uint8_t *)answer, size);
  if (!c->gone) enter(c, find_room(path));
}

static size_t consume(struct client *c, uint8_t *data, size_t have) {
  size_t used = 0, step, size;
  uint8_t *text;
  if (!c->room) {
    uint8_t *end = memmem(data, have, "\r\n\r\n", 4);
    if (!end) return 0;
    end[2] = 0;
    shake_hands(c, (char *)data);
    used = end + 4 - data;
  }
  while (!c->gone && (step = next_frame(data + used, have - used, &text, &size))) {
    int opcode = data[used] & 15;
    used += step;
    if (opcode == 8) hang_up(c);
    if (opcode == 1) broadcast(c->room, text, size);
  }
  return used;
}

static void receive(struct client *c) {
  static uint8_t chunk[CHUNK];
  bool direct = c->input.size == 0;
  uint8_t *to = direct ? chunk : reserve(&c->input, CHUNK);
  ssize_t got = recv(c->fd, to, CHUNK, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) {
    hang_up(c);
  } else if (direct) {
    size_t used = consume(c, chunk, got);
    append(&c->input, chunk + used, got - used);
  } else {
    c->input.size += got;
    drop_front(&c->input, consume(c, c->input.data, c->input.size));
  }
}

static void resume(struct client *c) {
  ssize_t taken = send(c->fd, c->output.data, c->output.size, MSG_NOSIGNAL);
  if (taken < 0 && errno != EAGAIN) hang_up(c);
  if (taken > 0) drop_front(&c->output, taken);
  if (!c->gone) want_writable(c, c->output.size > 0);
}

static void accept_all(int listener) {
  int fd, on = 1;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct client *c = calloc(1, sizeof *c);
    c->fd = fd;
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e);
  }
}

static void end_round(void) {
  for (; queue; queue = queue->next_queued) {
    queue->queued = false;
    flush_room(queue);
  }
  while (graveyard) {
    struct client *c = graveyard;
    graveyard = c->next_gone;
    free(c->input.data);
    free(c->output.data);
    free(c);
  }
}

int main(int count, char **args) {
  if (count != 3) return fputs("bare PORT write|coalesce\n", stderr), 2;
  coalesce = !strcmp(args[2], "coalesce");
  signal(SIGPIPE, SIG_IGN);
  int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(args[1])),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, SOMAXCONN)) return perror("bind"), 1;
  poller = epoll_create1(0);
  struct epoll_event events[EVENTS], own = {.events = EPOLLIN};
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &own);
  for (;;) {
    int ready = epoll_wait(poller, events, EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      struct client *c = events[i].data.ptr;
      if (!c) {
        accept_all(listener);
        continue;
      }
      if (!c->gone && events[i].events & EPOLLOUT) resume(c);
      if (!c->gone && events[i].events & ~EPOLLOUT) receive(c);
    }
    end_round();
  }
}
