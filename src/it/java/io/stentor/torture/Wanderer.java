package io.stentor.torture;

import io.stentor.support.Client;
import io.stentor.support.EventClient;
import io.stentor.support.EventParser;
import io.stentor.support.HttpRoom;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A listener that goes on by another transport and another node each time its connection breaks,
 * always from the position that it has. Runs in a thread of its own.
 */
final class Wanderer implements Runnable {

  /** The ways to listen. */
  enum Way {
    WEB_SOCKET,
    EVENTS,
    LONG_POLL,
    POLL
  }

  private static final int POLLS = 5;
  private static final long PAUSE_NANOS = 50_000_000;

  private final Transcript transcript;
  private final List<String> addresses;
  private final String room;
  private final String last;
  private final int moves;
  private final Random random;
  private final int[] heardBy = new int[Way.values().length];
  private @Nullable Place at;
  private int stays;

  /**
   * A listener that has not begun.
   *
   * @param last the text after which it stops
   * @param moves it stays for less than so many messages
   */
  Wanderer(
      Transcript transcript,
      List<String> addresses,
      String room,
      String last,
      int moves,
      long seed) {
    this.transcript = transcript;
    this.addresses = addresses;
    this.room = room;
    this.last = last;
    this.moves = moves;
    this.random = new Random(seed);
  }

  /** How many messages came by a way; to be asked when the thread has ended. */
  int heardBy(Way way) {
    return heardBy[List.of(Way.values()).indexOf(way)];
  }

  @Override
  public void run() {
    boolean done = false;
    while (!done && !transcript.hasLeft() && !Thread.currentThread().isInterrupted()) {
      stays = random.nextInt(moves);
      String address = addresses.get(random.nextInt(addresses.size()));
      Way way = Way.values()[random.nextInt(Way.values().length)];
      try {
        done =
            switch (way) {
              case WEB_SOCKET -> webSocket(address);
              case EVENTS -> events(address);
              case LONG_POLL -> polls(address, Way.LONG_POLL, "&wait=2");
              case POLL -> polls(address, Way.POLL, "");
            };
      } catch (RuntimeException | AssertionError e) {
        transcript.add(new Event.Ended(0, way + ": " + e));
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private String since() {
    return at == null ? "" : "?since=" + at;
  }

  private boolean webSocket(String address) {
    Place asked = at;
    try (Client client =
        Client.connect(URI.create("ws://" + address + "/rooms/" + room + since()), Wire.CURSOR)) {
      transcript.add(Event.Asked.now(asked));
      while (!moves()) {
        String text = client.poll(Duration.ofMillis(200));
        if (text != null && take(Wire.read(text), Way.WEB_SOCKET)) {
          return true;
        }
        if (text == null && client.isClosed()) {
          return false;
        }
      }
      return false;
    }
  }

  private boolean events(String address) {
    Place asked = at;
    try (EventClient client =
        EventClient.connect(address, "/rooms/" + room + "/events" + since())) {
      transcript.add(Event.Asked.now(asked));
      while (!moves()) {
        EventParser.Event event = client.next();
        Place place = Place.parse(event.lastEventId());
        if (event.type().equals("message")
            && take(new Event.Heard(place, event.data(), System.nanoTime()), Way.EVENTS)) {
          return true;
        }
        if (event.type().equals("position")) {
          take(Wire.read(event.data()), Way.EVENTS);
        }
      }
      return false;
    }
  }

  private boolean polls(String address, Way way, String wait) {
    for (int i = 0; i < POLLS && !moves(); i++) {
      Place asked = at;
      JsonObject answer =
          read(address, "?limit=20" + (asked == null ? "" : "&since=" + asked) + wait);
      transcript.add(Event.Asked.now(asked));
      String epoch = answer.getString("epoch");
      JsonArray messages = answer.getJsonArray("messages");
      long first = answer.getLong("offset") - messages.size();
      Event.Told told = answer.getBoolean("recovered") ? Event.Told.RECOVERED : Event.Told.LOST;
      take(
          new Event.Placed(asked == null ? Event.Told.JOINED : told, new Place(epoch, first)), way);
      for (int j = 0; j < messages.size(); j++) {
        JsonObject message = messages.getJsonObject(j);
        Place place = new Place(epoch, message.getLong("offset"));
        if (take(new Event.Heard(place, message.getString("text"), System.nanoTime()), way)) {
          return true;
        }
      }
    }
    return false;
  }

  private JsonObject read(String address, String query) {
    HttpRoom.Answer answer = HttpRoom.at(address, room).read(query);
    if (answer.status() != 200) {
      throw new CompletionException(new IllegalStateException(answer.response().body()));
    }
    return answer.json();
  }

  private boolean moves() {
    return stays < 0 || transcript.hasLeft();
  }

  /** Returns whether this was the last message. */
  private boolean take(Event event, Way way) {
    transcript.add(event);
    if (event instanceof Event.Placed placed) {
      at = placed.at();
    } else if (event instanceof Event.Heard heard) {
      at = heard.at();
      stays--;
      heardBy[List.of(Way.values()).indexOf(way)]++;
      return heard.text().equals(last);
    }
    return false;
  }
}
