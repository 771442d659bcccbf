package io.stentor.sdk;

import io.github.centrifugal.centrifuge.Client;
import io.github.centrifugal.centrifuge.ClientInfo;
import io.github.centrifugal.centrifuge.ConnectedEvent;
import io.github.centrifugal.centrifuge.ConnectingEvent;
import io.github.centrifugal.centrifuge.ConnectionTokenEvent;
import io.github.centrifugal.centrifuge.ConnectionTokenGetter;
import io.github.centrifugal.centrifuge.DisconnectedEvent;
import io.github.centrifugal.centrifuge.DuplicateSubscriptionException;
import io.github.centrifugal.centrifuge.EventListener;
import io.github.centrifugal.centrifuge.HistoryOptions;
import io.github.centrifugal.centrifuge.JoinEvent;
import io.github.centrifugal.centrifuge.LeaveEvent;
import io.github.centrifugal.centrifuge.Options;
import io.github.centrifugal.centrifuge.PublicationEvent;
import io.github.centrifugal.centrifuge.ReplyError;
import io.github.centrifugal.centrifuge.ResultCallback;
import io.github.centrifugal.centrifuge.SubscribedEvent;
import io.github.centrifugal.centrifuge.Subscription;
import io.github.centrifugal.centrifuge.SubscriptionEventListener;
import io.github.centrifugal.centrifuge.SubscriptionOptions;
import io.github.centrifugal.centrifuge.TokenCallback;
import io.github.centrifugal.centrifuge.UnsubscribedEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The SDK for Java, told on the standard input what to do; its argument is the URL. Each command
 * and each event is a line; see {@link OtherSdksIT}.
 */
public final class JavaSdk {
  private static final int MAX_RECONNECT_MILLIS = 500;

  private final String url;
  private Client client;

  private JavaSdk(String url) {
    this.url = url;
  }

  /** Reads commands to the end of the standard input. */
  public static void main(String[] args) throws IOException, DuplicateSubscriptionException {
    JavaSdk sdk = new JavaSdk(args[0]);
    tell("ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      sdk.execute(line.split(" ", 3));
    }
    System.exit(0); // The SDK leaves threads behind.
  }

  private void execute(String[] words) throws DuplicateSubscriptionException {
    switch (words[0]) {
      case "connect" -> connect(List.of(words).subList(1, words.length));
      case "subscribe" -> subscribe(words[1], words.length > 2 ? words[2] : "");
      case "publish" ->
          client.publish(words[1], bytes(words[2]), told(done -> tell("published", words[1])));
      case "history" -> history(words[1], Integer.parseInt(words[2]));
      case "presence" -> presence(words[1]);
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static synchronized void tell(Object... words) {
    System.out.println(
        List.of(words).stream().map(String::valueOf).collect(Collectors.joining(" ")));
  }

  private static <T> ResultCallback<T> told(Consumer<T> done) {
    return (failure, result) -> {
      if (failure instanceof ReplyError error) {
        tell("error", error.getCode());
      } else if (failure != null) {
        tell("failed", failure);
      } else {
        done.accept(result);
      }
    };
  }

  private void connect(List<String> given) {
    Deque<String> tokens = new ArrayDeque<>();
    given.forEach(words -> tokens.addAll(List.of(words.split(" "))));
    Options options = new Options();
    options.setMaxReconnectDelay(MAX_RECONNECT_MILLIS);
    if (!tokens.isEmpty()) {
      options.setToken(tokens.poll());
    }
    if (!tokens.isEmpty()) {
      options.setTokenGetter(
          new ConnectionTokenGetter() {
            @Override
            public void getConnectionToken(ConnectionTokenEvent event, TokenCallback callback) {
              tell("token");
              callback.Done(null, tokens.size() > 1 ? tokens.poll() : tokens.peek());
            }
          });
    }
    client = new Client(url, options, new ClientEvents());
    client.connect();
  }

  private void subscribe(String room, String token) throws DuplicateSubscriptionException {
    SubscriptionOptions options = new SubscriptionOptions();
    options.setJoinLeave(true);
    options.setRecoverable(true);
    options.setToken(token);
    client.newSubscription(room, options, new RoomEvents(room)).subscribe();
  }

  private void history(String room, int limit) {
    HistoryOptions options = new HistoryOptions.Builder().withLimit(limit).build();
    client.history(
        room,
        options,
        told(
            history ->
                tell(
                    "history",
                    history.getPublications().stream()
                        .map(one -> one.getOffset() + ":" + text(one.getData()))
                        .collect(Collectors.joining(" ")))));
  }

  private void presence(String room) {
    client.presence(
        room,
        told(
            members ->
                client.presenceStats(
                    room,
                    told(
                        stats ->
                            tell(
                                "presence",
                                stats.getNumClients(),
                                stats.getNumUsers(),
                                members.getClients().values().stream()
                                    .map(ClientInfo::getUser)
                                    .sorted()
                                    .collect(Collectors.joining(",")))))));
  }

  private static final class ClientEvents extends EventListener {
    @Override
    public void onConnected(Client client, ConnectedEvent event) {
      tell("connected");
    }

    @Override
    public void onConnecting(Client client, ConnectingEvent event) {
      tell("connecting", event.getCode());
    }

    @Override
    public void onDisconnected(Client client, DisconnectedEvent event) {
      tell("disconnected", event.getCode(), event.getReason());
    }
  }

  private static final class RoomEvents extends SubscriptionEventListener {
    private final String room;

    RoomEvents(String room) {
      this.room = room;
    }

    @Override
    public void onSubscribed(Subscription subscription, SubscribedEvent event) {
      tell("subscribed", room, event.wasRecovering(), event.getRecovered());
    }

    @Override
    public void onUnsubscribed(Subscription subscription, UnsubscribedEvent event) {
      tell("unsubscribed", room, event.getCode());
    }

    @Override
    public void onPublication(Subscription subscription, PublicationEvent event) {
      tell("publication", room, event.getOffset(), text(event.getData()));
    }

    @Override
    public void onJoin(Subscription subscription, JoinEvent event) {
      tell("join", room, event.getInfo().getUser());
    }

    @Override
    public void onLeave(Subscription subscription, LeaveEvent event) {
      tell("leave", room, event.getInfo().getUser());
    }
  }
}
