/*
 * Loads an echo server, at as little cost as there can be, so that the server is what is measured.
 *
 *   load PORT CONNECTIONS DEPTH MESSAGE_BYTES
 *
 * connects, then reads numbers from standard input, a line each. For each it sends so many
 * messages, with up to DEPTH under way at a time on each connection, waits for the echoes, and
 * writes the seconds it took, and the seconds of its own processor time. It ends with its input.
 * Linux only: epoll, and a recv() that counts bytes without copying them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

enum { EVENTS_MAX = 256, IO_BYTES = 1 << 18 };

struct connection {
  int fd;
  /* Messages that were not begun yet. */
  long waiting;
  /* Bytes of those that were, still to be sent. */
  long unsent;
  /* Bytes still to come back in this run, and of the message that is coming. */
  long unreceived;
  long of_message;
};

static long message_bytes;
static char bytes[IO_BYTES];

static void check(int ok, const char *doing) {
  if (ok) return;
  perror(doing);
  exit(1);
}

static double seconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static int connect_to(int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  check(fd >= 0, "socket");
  check(connect(fd, (struct sockaddr *)&to, sizeof to) == 0, "connect");
  check(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)) == 0, "setsockopt");
  check(fcntl(fd, F_SETFL, O_NONBLOCK) == 0, "fcntl");
  return fd;
}

static void begin(struct connection *c, long messages) {
  if (messages > c->waiting) messages = c->waiting;
  c->waiting -= messages;
  c->unsent += messages * message_bytes;
}

static void send_more(struct connection *c) {
  while (c->unsent > 0) {
    ssize_t sent = send(c->fd, bytes, c->unsent < IO_BYTES ? c->unsent : IO_BYTES, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    check(sent > 0, "send");
    c->unsent -= sent;
  }
}

/* Each echo that is complete makes room for a message. */
static void receive_more(struct connection *c) {
  while (c->unreceived > 0) {
    ssize_t received = recv(c->fd, bytes, IO_BYTES, MSG_TRUNC);
    if (received < 0 && errno == EAGAIN) return;
    check(received > 0, "recv");
    c->unreceived -= received;
    c->of_message += received;
    begin(c, c->of_message / message_bytes);
    c->of_message %= message_bytes;
    /* There was no more: the next is told of by epoll. */
    if (received < IO_BYTES) return;
  }
}

static void run(int epoll, struct connection *all, int count, int depth, long messages) {
  struct epoll_event events[EVENTS_MAX];
  int busy = 0;
  for (int i = 0; i < count; i++) {
    struct connection *c = &all[i];
    c->waiting = messages / count + (i < messages % count);
    c->unreceived = c->waiting * message_bytes;
    if (c->waiting > 0) busy++;
    begin(c, depth);
    send_more(c);
  }
  while (busy > 0) {
    int ready = epoll_wait(epoll, events, EVENTS_MAX, -1);
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      if (c->unreceived == 0) continue;
      receive_more(c);
      send_more(c);
      if (c->unreceived == 0) busy--;
    }
  }
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: load PORT CONNECTIONS DEPTH MESSAGE_BYTES\n");
    return 2;
  }
  int count = atoi(argv[2]);
  int depth = atoi(argv[3]);
  message_bytes = atol(argv[4]);
  struct connection *all = calloc(count, sizeof *all);
  int epoll = epoll_create1(0);
  for (int i = 0; i < count; i++) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = &all[i]};
    all[i].fd = connect_to(atoi(argv[1]));
    check(epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &event) == 0, "epoll_ctl");
  }
  long messages;
  while (scanf("%ld", &messages) == 1) {
    double began = seconds(CLOCK_MONOTONIC);
    double worked = seconds(CLOCK_PROCESS_CPUTIME_ID);
    run(epoll, all, count, depth, messages);
    printf("%f %f\n", seconds(CLOCK_MONOTONIC) - began,
           seconds(CLOCK_PROCESS_CPUTIME_ID) - worked);
    fflush(stdout);
  }
}
