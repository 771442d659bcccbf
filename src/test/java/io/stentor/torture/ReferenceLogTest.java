package io.stentor.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.torture.Event.Told;
import io.stentor.torture.Violation.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each kind of broken promise is planted once, and found. */
class ReferenceLogTest {
  private static final List<String> LOG = List.of("a", "b", "last");
  private static final Map<String, String> ACKNOWLEDGED = Map.of("a", "e:1", "b", "e:2");

  private final ReferenceLog log = new ReferenceLog();
  private final ReferenceLog.Walk ana = log.walk("ana");
  private final ReferenceLog.Walk bo = log.walk("bo");

  @Test
  void clients_that_saw_the_same_and_went_on_where_they_were_are_no_fault() {
    join(ana);
    join(bo);
    hear(ana, "a", "b");
    hear(bo, "a");
    bo.asked();
    bo.placed(Told.RECOVERED, at(1));
    hear(ana, "last");
    assertThat(log.isHeardByAllTo(3)).isFalse();
    hear(bo, "b", "last");

    assertThat(log.isHeardByAllTo(3)).isTrue();
    assertThat(log.heard()).isEqualTo(6);
    assertThat(judge(LOG)).isEmpty();
  }

  @Test
  void a_room_may_have_texts_before_the_first_client_comes() {
    ReferenceLog other = new ReferenceLog("a", "b");
    ReferenceLog.Walk late = other.walk("late");
    late.asked();
    late.placed(Told.JOINED, at(2));
    late.heard(at(3), "last");

    assertThat(other.isHeardByAllTo(3)).isTrue();
    assertThat(other.judge(LOG, Set.copyOf(LOG), ACKNOWLEDGED, "last")).isEmpty();
  }

  @Test
  void a_hole_is_found() {
    bothHear();
    hearAt(bo, 5, "c");
    assertThat(judge(LOG)).contains(Kind.HOLE);
  }

  @Test
  void a_repeat_is_found() {
    bothHear();
    hearAt(bo, 2, "b");
    assertThat(judge(LOG)).contains(Kind.REPEAT);
  }

  @Test
  void another_text_in_the_same_place_is_found() {
    join(ana);
    join(bo);
    hear(ana, "a", "b", "last");
    hear(bo, "a", "x", "last");
    assertThat(judge(LOG)).containsExactly(Kind.TWO_TEXTS);
  }

  @Test
  void a_client_that_did_not_get_everything_is_found() {
    join(ana);
    join(bo);
    hear(ana, "a", "b", "last");
    hear(bo, "a", "b");
    assertThat(judge(LOG)).containsExactly(Kind.NOT_WHOLE);
  }

  @Test
  void a_client_that_is_told_of_a_loss_is_found() {
    bothHear();
    bo.asked();
    bo.placed(Told.LOST, at(3));
    assertThat(judge(LOG)).containsExactly(Kind.CONTINUITY);
  }

  @Test
  void another_epoch_is_found() {
    bothHear();
    bo.asked();
    bo.placed(Told.RECOVERED, new Place("f", 3));
    assertThat(judge(LOG)).containsExactly(Kind.CONTINUITY);
  }

  @Test
  void a_client_that_goes_on_elsewhere_than_it_asked_to_is_found() {
    bothHear();
    bo.asked();
    bo.placed(Told.RECOVERED, at(2));
    hearAt(bo, 3, "last");
    assertThat(judge(LOG)).containsExactly(Kind.UNTOLD);
  }

  @Test
  void messages_without_a_word_of_where_they_begin_are_found() {
    join(ana);
    hear(ana, "a", "b", "last");
    join(bo);
    hear(bo, "a", "b");
    bo.asked();
    hearAt(bo, 3, "last");
    assertThat(judge(LOG)).containsExactly(Kind.UNTOLD);
  }

  @Test
  void an_acknowledged_text_that_is_not_where_it_was_said_to_be_is_found() {
    bothHear();
    Map<String, String> other = Map.of("a", "e:2", "c", "e:4");
    List<Violation> found = log.judge(LOG, Set.of("a", "b"), other, "last");
    assertThat(found).extracting(Violation::kind).containsExactly(Kind.MISSING, Kind.MISSING);
  }

  @Test
  void a_text_of_the_log_that_nobody_was_given_is_found() {
    bothHear();
    assertThat(judge(List.of("a", "b", "last", "c"))).contains(Kind.NOT_WHOLE);
  }

  @Test
  void a_text_that_is_twice_in_the_log_is_found() {
    join(ana);
    join(bo);
    hear(ana, "a", "b", "b", "last");
    hear(bo, "a", "b", "b", "last");
    assertThat(judge(List.of("a", "b", "b", "last"))).contains(Kind.REPEAT);
  }

  @Test
  void texts_that_were_sent_and_did_not_come_are_told_apart() {
    bothHear();
    assertThat(log.unheardOf(Set.of("a", "c"))).containsExactly("c");
  }

  private static Place at(long offset) {
    return new Place("e", offset);
  }

  private static void join(ReferenceLog.Walk walk) {
    walk.asked();
    walk.placed(Told.JOINED, at(0));
  }

  private void bothHear() {
    join(ana);
    join(bo);
    hear(ana, "a", "b", "last");
    hear(bo, "a", "b", "last");
  }

  private static void hear(ReferenceLog.Walk walk, String... texts) {
    for (String text : texts) {
      Place before = walk.at();
      walk.heard(at(before == null ? 1 : before.offset() + 1), text);
    }
  }

  private static void hearAt(ReferenceLog.Walk walk, long offset, String text) {
    walk.heard(at(offset), text);
  }

  private List<Kind> judge(List<String> finalLog) {
    return log.judge(finalLog, Set.of("a", "b"), ACKNOWLEDGED, "last").stream()
        .map(Violation::kind)
        .toList();
  }
}
