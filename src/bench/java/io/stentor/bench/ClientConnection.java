package io.stentor.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One WebSocket as a client has it: handshake, frames in, frames out; or one event stream. What the
 * kernel does not take waits here. Confined to the thread of its {@link Swarm}.
 */
final class ClientConnection implements FrameParser.Sink {
  private static final int TEXT = 0x1;
  private static final int BINARY = 0x2;
  private static final int CLOSE = 0x8;
  private static final int PING = 0x9;
  private static final int PONG = 0xA;
  private static final String UPGRADE =
      """
      Upgrade: websocket
      Connection: Upgrade
      Sec-WebSocket-Key: c3RlbnRvci1iZW5jaC0wMQ==
      Sec-WebSocket-Version: 13
      """;
  private static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate\n";
  private static final int READS_PER_TURN = 4;
  private static final int MOST_UNSENT = 16 << 20;

  /** From the TCP connect to the end. */
  enum State {
    CONNECTING,
    HANDSHAKE,
    OPEN,
    CLOSED
  }

  final int id;
  final int room;
  final boolean listens;
  final boolean publishes;
  final Sightings seen;
  int published;
  long echoNanos;
  boolean slow;

  private final Swarm swarm;
  private final URI target;
  private final boolean eventStream;
  private final boolean centrifuge;
  private final boolean protobuf;
  private final String filter;
  private final boolean deflate;
  private final boolean delta;
  private final Parser parser;
  private final SocketChannel channel;
  private final SelectionKey key;
  private State state = State.CONNECTING;
  private boolean reading = true;
  private ByteBuffer rest = ByteBuffer.allocate(0);
  private final Backlog unsent = new Backlog();
  private long readNanos;

  ClientConnection(Swarm swarm, int id, LoadOptions options) throws IOException {
    this.swarm = swarm;
    this.id = id;
    publishes = id < options.publishers;
    listens = !(publishes && options.separatePublishers);
    target = listens ? options.url : options.publishUrl;
    eventStream = listens && options.eventStreams;
    centrifuge = listens && options.centrifuge;
    protobuf = listens && options.protobuf;
    // No message has the tag, so each filter matches all.
    filter = listens && options.filters > 0 ? "?filter=tag!=" + id % options.filters : "";
    deflate = options.deflate;
    delta = listens && options.delta;
    parser =
        eventStream ? new ChunkParser(this) : new FrameParser(this, delta ? swarm.patches() : null);
    int first = options.separatePublishers && listens ? options.publishers : 0;
    room = (id - first) % options.rooms;
    seen = new Sightings((options.publishers + options.rooms - 1) / options.rooms);
    slow = id >= options.sockets() - options.slow;
    channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    if (options.sources > 1) {
      channel.bind(new InetSocketAddress("127.0.0." + (1 + id % options.sources), 0));
    }
    key = channel.register(swarm.selector(), SelectionKey.OP_CONNECT, this);
    if (channel.connect(new InetSocketAddress(target.getHost(), target.getPort()))) {
      connected();
    }
  }

  State state() {
    return state;
  }

  /** Whether so much waits for the kernel already that another message would only pile up here. */
  boolean backlogged() {
    return unsent.size() > MOST_UNSENT;
  }

  /** Does what the socket is ready for. */
  void ready(ByteBuffer buffer) {
    try {
      if (key.isConnectable() && channel.finishConnect()) {
        connected();
      }
      if (key.isValid() && key.isWritable()) {
        unsent.writeTo(channel);
        interest();
      }
      if (key.isValid() && key.isReadable()) {
        read(buffer);
      }
    } catch (IOException e) {
      end();
    }
  }

  /** Stops taking bytes from the kernel, or goes on. */
  void reading(boolean on) {
    reading = on;
    if (key.isValid()) {
      interest();
    }
  }

  /** Sends bytes now, or as soon as the kernel takes them. */
  void send(ByteBuffer bytes) {
    try {
      if (unsent.size() == 0) {
        channel.write(bytes);
      }
      if (bytes.hasRemaining()) {
        boolean first = unsent.size() == 0;
        unsent.add(bytes);
        if (first) {
          interest();
        }
      }
    } catch (IOException e) {
      end();
    }
  }

  /** Ends the connection at once, as a client that says goodbye. */
  void leave() {
    if (state == State.OPEN && !eventStream) {
      send(swarm.frames().control(CLOSE, ByteBuffer.wrap(new byte[] {3, (byte) 0xE8}), 0, 2));
    }
    closeSocket();
  }

  @Override
  public void message(boolean marked, long timeNanos, int publisher, int sequence, long bytes) {
    if (marked) {
      swarm.received(this, publisher, sequence, timeNanos, readNanos, bytes);
    } else if (centrifuge && bytes == (protobuf ? 1 : 2)) {
      // Only a ping is so short, and the same is the answer.
      swarm.tally().pings++;
      frame(protobuf ? "\0" : "{}");
    }
  }

  private void frame(String ascii) {
    byte[] bytes = ascii.getBytes(StandardCharsets.US_ASCII);
    int opcode = protobuf ? BINARY : TEXT;
    send(swarm.frames().control(opcode, ByteBuffer.wrap(bytes), 0, bytes.length));
  }

  /* Connects and subscribes; all numbers are below 128. */
  private void subscribe(String name) {
    if (protobuf) {
      char length = (char) name.length();
      frame(
          "\4\10\1\42\0"
              + (char) (length + 6)
              + "\10\2\52"
              + (char) (length + 2)
              + "\12"
              + length
              + name);
    } else {
      String more = delta ? "\",\"delta\":\"fossil\"" : "\"";
      frame(
          "{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\""
              + name
              + more
              + "}}");
    }
  }

  @Override
  public void control(int opcode, ByteBuffer in, int at, int end) {
    if (opcode == PING) {
      swarm.tally().pings++;
      send(swarm.frames().control(PONG, in, at, end));
    } else if (opcode == CLOSE) {
      send(swarm.frames().control(CLOSE, in, at, Math.min(end, at + 2)));
      end();
    }
  }

  private void connected() throws IOException {
    state = State.HANDSHAKE;
    interest();
    String path = centrifuge ? "/connection/websocket" : LoadOptions.path(target, room);
    path += eventStream ? "/events" : protobuf ? "?format=protobuf" : filter;
    String upgrade = UPGRADE + (deflate ? OFFER : "");
    String request =
        """
        GET %s HTTP/1.1
        Host: %s:%d
        %s
        """
            .formatted(path, target.getHost(), target.getPort(), eventStream ? "" : upgrade);
    send(ByteBuffer.wrap(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII)));
  }

  private void read(ByteBuffer buffer) throws IOException {
    for (int i = 0; i < READS_PER_TURN && state != State.CLOSED; i++) {
      buffer.clear();
      buffer.put(rest);
      int count = channel.read(buffer);
      if (count < 0) {
        end();
        return;
      }
      readNanos = System.nanoTime();
      boolean full = !buffer.hasRemaining();
      buffer.flip();
      consume(buffer);
      if (!full) {
        return;
      }
    }
  }

  private void consume(ByteBuffer buffer) throws IOException {
    if (state == State.HANDSHAKE && !opened(buffer)) {
      keep(buffer);
      return;
    }
    int at = parser.parse(buffer);
    if (state != State.CLOSED) {
      keep(buffer.position(at));
    }
  }

  private void keep(ByteBuffer buffer) {
    if (rest.capacity() < buffer.remaining()) {
      rest = ByteBuffer.allocate(Math.max(Marker.REACH + 16, buffer.remaining()));
    }
    rest.clear().put(buffer).flip();
  }

  /* Moves the position behind the answer's empty line, when that has come. */
  private boolean opened(ByteBuffer buffer) throws IOException {
    for (int at = 3; at < buffer.limit(); at++) {
      if (buffer.get(at) == '\n' && buffer.get(at - 2) == '\n') {
        byte[] head = new byte[at];
        buffer.get(head);
        buffer.position(at + 1);
        String answer = new String(head, StandardCharsets.US_ASCII);
        if (!answer.startsWith(eventStream ? "HTTP/1.1 200" : "HTTP/1.1 101")) {
          throw new IOException("refused: " + answer.lines().findFirst().orElse(""));
        }
        state = State.OPEN;
        if (centrifuge) {
          subscribe(LoadOptions.path(target, room).replace("/rooms/", ""));
        }
        swarm.opened();
        return true;
      }
    }
    return false;
  }

  private void interest() {
    if (state == State.CLOSED) {
      return;
    }
    key.interestOps(
        (reading ? SelectionKey.OP_READ : 0) | (unsent.size() > 0 ? SelectionKey.OP_WRITE : 0));
  }

  private void end() {
    if (state != State.CLOSED) {
      boolean wasOpen = state == State.OPEN;
      closeSocket();
      swarm.closed(this, wasOpen);
    }
  }

  private void closeSocket() {
    state = State.CLOSED;
    rest = ByteBuffer.allocate(0);
    try {
      channel.close();
    } catch (IOException e) {
      // The socket is given up either way.
    }
  }
}
