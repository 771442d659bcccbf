package io.stentor.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.HttpRoom;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;

/**
 * Publishers of one room by POST, each text with a key, so that one that was perhaps not taken can
 * be sent again. Any thread.
 */
final class HttpPublishers {
  private static final int CREATED = 201;
  private static final long PAUSE_NANOS = 50_000_000;

  private final String room;
  private final IntPredicate tryAgain;
  private final Map<String, String> acknowledged = new ConcurrentHashMap<>();

  /**
   * Publishers that have not begun.
   *
   * @param tryAgain which status codes are no fault; the text is sent again
   */
  HttpPublishers(String room, IntPredicate tryAgain) {
    this.room = room;
    this.tryAgain = tryAgain;
  }

  /** How many texts were acknowledged. */
  int acknowledged() {
    return acknowledged.size();
  }

  /** Publishes texts one after the other, each until it is acknowledged. */
  void publishAll(Transcript transcript, int messages, List<String> addresses, Random dice) {
    for (int i = 0; i < messages; i++) {
      publishNext(transcript, addresses, dice);
    }
  }

  /** Publishes the publisher's next text until it is acknowledged. */
  void publishNext(Transcript transcript, List<String> addresses, Random dice) {
    int number = transcript.published().size();
    String text = new Message(transcript.name(), number, System.nanoTime()).text();
    transcript.publishes(text);
    while (!acknowledged.containsKey(text) && !Thread.currentThread().isInterrupted()) {
      publishOnce(addresses.get(dice.nextInt(addresses.size())), text);
    }
    String position = acknowledged.get(text);
    if (position != null) {
      transcript.add(new Event.Acknowledged(Place.parse(position), text));
    }
  }

  /** Publishes; whether it arrived is not known where the answer is cut. */
  void publishOnce(String address, String text) {
    try {
      HttpRoom.Answer answer =
          HttpRoom.at(address, room)
              .publish(
                  "text/plain",
                  text.getBytes(StandardCharsets.UTF_8),
                  "Idempotency-Key",
                  text.replace(' ', '-'));
      if (!tryAgain.test(answer.status())) {
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(CREATED);
        acknowledged.put(text, answer.position());
      }
    } catch (CompletionException e) {
      // Cut, or nobody is there; the caller repeats it.
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Where each acknowledged text is, as it was said. */
  Map<String, String> positions() {
    return Map.copyOf(acknowledged);
  }

  /** The whole log, from a node at this address. */
  List<String> log(String address) {
    List<String> texts = new ArrayList<>();
    HttpRoom whole = HttpRoom.at(address, room);
    for (HttpRoom.Answer page = whole.read("?since=" + epoch(address) + ":0&limit=1000");
        !page.contents().isEmpty();
        page = whole.read("?since=" + page.position() + "&limit=1000")) {
      page.contents().forEach(text -> texts.add((String) text));
    }
    return texts;
  }

  /** The same; each acknowledged text has to be where it was said to be. */
  List<String> finalLog(String address) {
    List<String> texts = log(address);
    String epoch = epoch(address);
    acknowledged.forEach(
        (text, position) ->
            assertThat(position).isEqualTo(epoch + ":" + (texts.indexOf(text) + 1)));
    return texts;
  }

  private String epoch(String address) {
    return HttpRoom.at(address, room).read("?limit=1").json().getString("epoch");
  }
}
