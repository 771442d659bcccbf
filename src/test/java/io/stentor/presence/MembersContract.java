package io.stentor.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;

/** What every {@link Presence} knows of who is in a room, whatever it is made of. */
abstract class MembersContract {
  static final Duration SOON = Duration.ofSeconds(10);

  /** Rooms with this in their names are not tracked. */
  static final String UNTRACKED = "untracked";

  /** A room that nobody else uses. */
  final RoomName room = new RoomName("r-" + UUID.randomUUID());

  /** Where connections enter. */
  abstract Presence here();

  /** Where questions are asked; another node, if there are any. */
  abstract Presence there();

  static boolean isTracked(RoomName room) {
    return !room.value().contains(UNTRACKED);
  }

  static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  static void eventually(ThrowingRunnable assertion) {
    Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(10)).untilAsserted(assertion);
  }

  static Member member(String connection, String user) {
    return Member.of(connection, user);
  }

  void enter(String... connections) {
    for (String connection : connections) {
      here().enter(room, member(connection, ""));
    }
  }

  List<Member> members(Presence presence) {
    return await(presence.members(room, null, 1000)).members();
  }

  List<String> connections() {
    return members(there()).stream().map(Member::connection).toList();
  }

  RoomStats stats() {
    return await(there().stats(room));
  }

  @Test
  void who_entered_is_there_until_it_leaves() {
    enter("a", "b");
    eventually(() -> assertThat(connections()).containsExactly("a", "b"));
    here().leave(room, "a");
    eventually(() -> assertThat(connections()).containsExactly("b"));
    here().leave(room, "b");
    eventually(() -> assertThat(connections()).isEmpty());
  }

  @Test
  void everything_that_is_known_of_a_member_is_told() {
    Member whole = new Member("c1", "zoë", "{\"age\":7}", "[1,2]");
    here().enter(room, whole);
    eventually(() -> assertThat(members(there())).containsExactly(whole));
    Member changed = new Member("c1", "zoë", "{\"age\":8}", null);
    here().enter(room, changed);
    eventually(() -> assertThat(members(there())).containsExactly(changed));
    assertThat(stats()).isEqualTo(new RoomStats(room, 1, 1));
  }

  @Test
  void leaving_twice_or_without_having_entered_does_no_harm() {
    enter("a", "b");
    here().leave(room, "a");
    here().leave(room, "a");
    here().leave(room, "nobody");
    here().leave(new RoomName("elsewhere-" + room), "a");
    eventually(() -> assertThat(connections()).containsExactly("b"));
  }

  @Test
  void several_connections_of_one_user_are_one_user_and_each_of_nobody_is_one() {
    here().enter(room, member("1", "ann"));
    here().enter(room, member("2", "ann"));
    here().enter(room, member("3", "bob"));
    here().enter(room, member("4", ""));
    here().enter(room, member("5", ""));
    eventually(() -> assertThat(stats()).isEqualTo(new RoomStats(room, 5, 4)));
    here().leave(room, "1");
    here().leave(room, "5");
    eventually(() -> assertThat(stats()).isEqualTo(new RoomStats(room, 3, 3)));
  }

  @Test
  void a_room_that_nobody_is_in_has_nobody() {
    assertThat(stats()).isEqualTo(new RoomStats(room, 0, 0));
    assertThat(members(there())).isEmpty();
    assertThat(await(there().rooms(room.value(), null, 10))).isEmpty();
  }

  @Test
  void members_come_in_pages_by_user_and_connection() {
    List<Member> all = new ArrayList<>();
    for (String user : List.of("", "ann", "bob", "zed")) {
      for (int i = 0; i < 5; i++) {
        all.add(member("c" + i + user, user));
      }
    }
    all.forEach(one -> here().enter(room, one));
    eventually(() -> assertThat(stats().connections()).isEqualTo(20));
    List<Member> found = new ArrayList<>();
    MembersPage page = await(there().members(room, null, 7));
    found.addAll(page.members());
    while (page.more()) {
      assertThat(page.members()).hasSize(7);
      Member last = found.get(found.size() - 1);
      page = await(there().members(room, member(last.connection(), last.user()), 7));
      found.addAll(page.members());
    }
    assertThat(found).isEqualTo(all);
    assertThat(await(there().members(room, null, 20)).more()).isFalse();
    assertThat(await(there().members(room, null, 19)).more()).isTrue();
  }

  @Test
  void a_page_goes_on_behind_somebody_who_has_left() {
    enter("a", "c");
    eventually(() -> assertThat(connections()).containsExactly("a", "c"));
    assertThat(await(there().members(room, member("b", ""), 10)).members())
        .extracting(Member::connection)
        .containsExactly("c");
  }

  @Test
  void a_page_has_a_limit_of_its_size() {
    assertThatThrownBy(() -> there().members(room, null, 0)).hasMessageContaining("1 to 1000");
    assertThatThrownBy(() -> there().rooms("", null, 1001)).hasMessageContaining("1 to 1000");
  }

  @Test
  void rooms_come_in_pages_by_name_with_their_counts() {
    String prefix = "p" + UUID.randomUUID() + "_%";
    String safe = prefix.replace("%", "");
    List<RoomStats> all = new ArrayList<>();
    for (int i = 10; i < 35; i++) {
      RoomName name = new RoomName(safe + i);
      all.add(new RoomStats(name, 2, 1));
      here().enter(name, member("1", "ann"));
      here().enter(name, member("2", "ann"));
    }
    here().enter(new RoomName(safe.replace('_', 'x') + "11"), member("1", "ann"));
    eventually(() -> assertThat(await(there().rooms(safe, null, 100))).isEqualTo(all));
    List<RoomStats> found = new ArrayList<>(await(there().rooms(safe, null, 10)));
    assertThat(found).hasSize(10);
    found.addAll(await(there().rooms(safe, found.get(9).room().value(), 10)));
    found.addAll(await(there().rooms(safe, found.get(19).room().value(), 10)));
    assertThat(found).isEqualTo(all);
    assertThat(await(there().rooms(safe, safe + "34", 10))).isEmpty();
    assertThat(await(there().rooms(safe, "a", 1))).containsExactly(all.get(0));
    assertThat(await(there().rooms(prefix, null, 10))).isEmpty();
    assertThat(await(there().rooms("", null, 1000))).containsAll(all);
  }

  @Test
  void a_room_that_all_have_left_is_listed_no_more() {
    enter("a");
    eventually(() -> assertThat(await(there().rooms(room.value(), null, 10))).hasSize(1));
    here().leave(room, "a");
    eventually(() -> assertThat(await(there().rooms(room.value(), null, 10))).isEmpty());
  }
}
