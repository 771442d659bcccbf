package io.stentor.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.torture.Event.Told;
import io.stentor.torture.Violation.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The checker must find each kind of broken promise, planted into a round in which all is well. */
class CheckerTest {
  private static final String LAST = "the end";

  private final Transcript alice = new Transcript("alice");
  private final Transcript bob = new Transcript("bob");
  private final List<String> log = new ArrayList<>();
  private boolean epochMayChange;

  @BeforeEach
  void both_join_and_alice_publishes_four_texts() {
    for (int i = 1; i <= 4; i++) {
      alice.publishes(text(i));
      log.add(text(i));
    }
    log.add(LAST);
    bothSee(Event.Asked.now(null));
    bothSee(new Event.Placed(Told.JOINED, new Place("e", 0)));
    hears(alice, 1, 2, 3, 4);
    hearsLast(alice, "e", 5);
  }

  @Test
  void finds_nothing_when_all_is_well() {
    hears(bob, 1, 2);
    resumes(bob, Told.RECOVERED, new Place("e", 2), new Place("e", 2));
    bobHearsTheRest(3, 4);
    Verdict verdict = check();
    assertThat(verdict.violations()).isEmpty();
    assertThat(verdict.heard()).isEqualTo(10);
    assertThat(verdict.published()).isEqualTo(4);
    assertThat(verdict.acknowledged()).isEqualTo(4);
    assertThat(verdict.epochs()).isEqualTo(1);
  }

  @Test
  void finds_an_acknowledged_text_that_is_missing_from_the_log() {
    bobHearsAll();
    log.remove(text(3));
    assertFound(Kind.MISSING);
  }

  @Test
  void finds_a_text_that_is_missing_although_somebody_else_got_it() {
    bob.publishes(text(6));
    bobHearsAll();
    alice.add(new Event.Heard(new Place("e", 6), text(6), 0));
    assertFound(Kind.MISSING);
  }

  @Test
  void does_not_miss_a_text_that_was_never_acknowledged() {
    bobHearsAll();
    alice.publishes(text(5));
    assertFound();
  }

  @Test
  void finds_a_hole() {
    bobHearsTheRest(1, 2, 4);
    assertFound(Kind.HOLE);
  }

  @Test
  void finds_a_hole_right_behind_a_resumption() {
    hears(bob, 1, 2);
    resumes(bob, Told.RECOVERED, new Place("e", 2), new Place("e", 2));
    bobHearsTheRest(4);
    assertFound(Kind.HOLE);
  }

  @Test
  void finds_a_repeat() {
    bobHearsTheRest(1, 2, 2, 3, 4);
    assertFound(Kind.REPEAT);
  }

  @Test
  void finds_a_text_that_was_appended_twice() {
    bobHearsAll();
    bothSee(new Event.Heard(new Place("e", 6), text(1), 0));
    log.add(text(1));
    assertThat(kinds()).containsOnly(Kind.REPEAT, Kind.ORDER).contains(Kind.REPEAT);
  }

  @Test
  void finds_two_texts_in_one_place() {
    bob.add(new Event.Heard(new Place("e", 1), text(2), 0));
    bob.add(new Event.Heard(new Place("e", 2), text(1), 0));
    bobHearsTheRest(3, 4);
    assertThat(kinds()).contains(Kind.TWO_TEXTS);
  }

  @Test
  void finds_texts_of_one_connection_in_another_order() {
    bobHearsAll();
    bothSee(new Event.Heard(new Place("e", 6), "alice#1 0 0", 0));
    alice.publishes("alice#1 0 0");
    log.add("alice#1 0 0");
    assertFound(Kind.ORDER);
  }

  @Test
  void accepts_requests_of_two_sides_in_another_order_but_not_those_of_one_side() {
    epochMayChange = true;
    bobHearsAll();
    bothSee(new Event.Heard(new Place("e", 6), "alice#1 0 0", 0));
    alice.publishes("alice#1 0 0");
    log.add("alice#1 0 0");
    alice.add(new Event.Acknowledged(new Place("e", 4), text(4)));
    alice.add(new Event.Acknowledged(new Place("f", 4), "alice#1 0 0"));
    assertFound();
    alice.add(new Event.Acknowledged(new Place("e", 6), "alice#1 0 0"));
    assertFound(Kind.ORDER);
  }

  @Test
  void finds_a_new_epoch_that_was_not_told() {
    epochMayChange = true;
    hears(bob, 1, 2, 3, 4);
    hearsLast(bob, "f", 1);
    assertFound(Kind.UNTOLD);
  }

  @Test
  void accepts_a_new_epoch_that_was_told_where_it_may_be() {
    epochMayChange = true;
    hears(bob, 1, 2);
    resumes(bob, Told.LOST, new Place("e", 2), new Place("f", 9));
    hearsLast(bob, "f", 10);
    assertFound();
    assertThat(check().toldLosses()).isEqualTo(1);
  }

  @Test
  void finds_a_new_epoch_where_it_may_not_be() {
    hears(bob, 1, 2);
    resumes(bob, Told.LOST, new Place("e", 2), new Place("f", 9));
    hearsLast(bob, "f", 10);
    assertThat(kinds()).containsOnly(Kind.CONTINUITY);
  }

  @Test
  void finds_a_loss_inside_the_window() {
    epochMayChange = true;
    hears(bob, 1, 2);
    resumes(bob, Told.LOST, new Place("e", 2), new Place("e", 4));
    hearsLast(bob, "e", 5);
    assertFound(Kind.CONTINUITY);
  }

  @Test
  void accepts_a_loss_on_a_node_that_forks_with_the_next_message() {
    epochMayChange = true;
    Transcript carol = otherSide();
    carol.leave();
    hears(bob, 1, 2, 3, 4);
    resumes(bob, Told.LOST, new Place("e", 4), new Place("e", 2));
    bob.add(new Event.Heard(new Place("f", 3), "carol#1 3 0", 0));
    bob.add(new Event.Heard(new Place("f", 4), "carol#1 4 0", 0));
    hearsLast(bob, "f", 5);
    assertThat(kinds(carol)).isEmpty();
  }

  @Test
  void finds_one_position_with_two_texts_though_all_are_told_of_a_new_epoch() {
    epochMayChange = true;
    alice.publishes(text(5));
    log.add(4, text(5));
    hears(bob, 1, 2);
    bob.add(new Event.Heard(new Place("e", 3), text(5), 0));
    bothSee(new Event.Placed(Told.LOST, new Place("f", 5)));
    bothSee(new Event.Heard(new Place("f", 6), LAST, 0));
    assertFound(Kind.TWO_TEXTS);
  }

  @Test
  void finds_a_position_that_was_acknowledged_for_another_text() {
    alice.publishes(text(5));
    log.add(text(5));
    alice.add(new Event.Acknowledged(new Place("e", 3), text(5)));
    bobHearsAll();
    assertFound(Kind.TWO_TEXTS);
  }

  @Test
  void finds_that_an_acknowledged_text_which_nobody_heard_is_missing() {
    alice.publishes(text(5));
    alice.add(new Event.Acknowledged(new Place("e", 9), text(5)));
    bobHearsAll();
    assertFound(Kind.MISSING);
  }

  @Test
  void accepts_that_a_client_goes_on_in_a_branch_that_has_its_past() {
    epochMayChange = true;
    hears(bob, 1, 2);
    hearIn("f", bob, 3, 4);
    resumes(bob, Told.RECOVERED, new Place("f", 4), new Place("g", 4));
    hearsLast(bob, "g", 5);
    assertFound();
    assertThat(check().crossings()).isEqualTo(2);
  }

  @Test
  void finds_another_branch_where_the_epoch_may_not_change() {
    hears(bob, 1, 2);
    hearIn("f", bob, 3, 4);
    hearsLast(bob, "f", 5);
    assertFound(Kind.CONTINUITY);
  }

  @Test
  void finds_a_hole_on_the_way_into_another_branch() {
    epochMayChange = true;
    hears(bob, 1, 2);
    hearIn("f", bob, 4);
    hearsLast(bob, "f", 5);
    assertFound(Kind.UNTOLD);
  }

  @Test
  void finds_a_recovery_on_a_side_that_has_other_messages_before_the_position() {
    epochMayChange = true;
    Transcript carol = otherSide();
    carol.leave();
    hears(bob, 1, 2, 3, 4);
    resumes(bob, Told.RECOVERED, new Place("e", 4), new Place("f", 4));
    hearsLast(bob, "f", 5);
    assertThat(kinds(carol)).containsExactly(Kind.WRONG_PAST, Kind.WRONG_PAST);
  }

  @Test
  void finds_the_same_without_a_word_and_by_way_of_a_third_branch() {
    epochMayChange = true;
    Transcript carol = otherSide();
    carol.add(Event.Asked.now(new Place("f", 4)));
    carol.add(new Event.Placed(Told.RECOVERED, new Place("g", 4)));
    carol.add(new Event.Heard(new Place("g", 5), LAST, 0));
    hears(bob, 1, 2, 3, 4);
    hearsLast(bob, "g", 5);
    assertThat(kinds(carol)).containsOnly(Kind.WRONG_PAST);
  }

  @Test
  void accepts_that_a_client_beyond_the_fork_is_told() {
    epochMayChange = true;
    Transcript carol = otherSide();
    carol.leave();
    hears(bob, 1, 2, 3, 4);
    resumes(bob, Told.LOST, new Place("e", 4), new Place("f", 4));
    hearsLast(bob, "f", 5);
    assertThat(kinds(carol)).isEmpty();
  }

  @Test
  void finds_a_loss_at_a_position_at_which_others_were_continued() {
    epochMayChange = true;
    Transcript carol = new Transcript("carol");
    carol.add(Event.Asked.now(null));
    carol.add(new Event.Placed(Told.JOINED, new Place("e", 0)));
    hears(carol, 1, 2, 3);
    hearIn("f", carol, 4);
    hearsLast(carol, "f", 5);
    hears(bob, 1, 2);
    resumes(bob, Told.LOST, new Place("e", 2), new Place("f", 4));
    hearsLast(bob, "f", 5);
    assertThat(kinds(carol)).containsExactly(Kind.CONTINUITY);
  }

  @Test
  void accepts_a_loss_on_a_side_that_does_not_know_the_branch_of_the_other() {
    epochMayChange = true;
    Transcript carol = new Transcript("carol");
    carol.add(Event.Asked.now(null));
    carol.add(new Event.Placed(Told.JOINED, new Place("e", 0)));
    hears(carol, 1, 2, 3);
    hearIn("f", carol, 4);
    carol.leave();
    bob.add(new Event.Placed(Told.JOINED, new Place("f", 1)));
    hearIn("f", bob, 2);
    resumes(bob, Told.LOST, new Place("f", 2), new Place("e", 4));
    hearsLast(bob, "e", 5);
    assertThat(kinds(carol)).isEmpty();
  }

  @Test
  void does_not_expect_the_last_message_of_a_client_that_left_and_looks_at_the_rest() {
    hears(bob, 1, 3);
    bob.leave();
    hears(bob, 9);
    assertFound(Kind.HOLE);
  }

  @Test
  void finds_a_resumption_at_another_place_and_one_that_is_a_new_join() {
    hears(bob, 1);
    resumes(bob, Told.RECOVERED, new Place("e", 1), new Place("e", 2));
    hears(bob, 3);
    resumes(bob, Told.JOINED, new Place("e", 3), new Place("e", 3));
    bobHearsTheRest(4);
    assertFound(Kind.UNTOLD, Kind.UNTOLD);
  }

  @Test
  void finds_messages_that_come_before_the_word_on_the_place() {
    hears(bob, 1, 2);
    bob.add(Event.Asked.now(new Place("e", 2)));
    bobHearsTheRest(3, 4);
    assertFound(Kind.UNTOLD);
  }

  @Test
  void finds_a_message_that_nobody_published() {
    bobHearsAll();
    bothSee(new Event.Heard(new Place("e", 6), "who?", 0));
    assertFound(Kind.INVENTED, Kind.INVENTED);
  }

  @Test
  void finds_a_text_in_the_log_that_nobody_published() {
    bobHearsAll();
    log.add("who?");
    assertFound(Kind.INVENTED);
  }

  @Test
  void finds_a_client_that_did_not_get_the_last_message() {
    hears(bob, 1, 2, 3);
    assertFound(Kind.NOT_WHOLE);
  }

  private static String text(int number) {
    return new Message("alice#1", number, 0).text();
  }

  private static void hears(Transcript transcript, int... numbers) {
    for (int number : numbers) {
      transcript.add(new Event.Heard(new Place("e", number), text(number), 0));
    }
  }

  /** Goes on in another epoch, where the same texts are at the same offsets. */
  private static void hearIn(String epoch, Transcript transcript, int... numbers) {
    for (int number : numbers) {
      transcript.add(new Event.Heard(new Place(epoch, number), text(number), 0));
    }
  }

  /** One more client, who went on in epoch f from 2, where other texts are at 3 and 4. */
  private Transcript otherSide() {
    Transcript carol = new Transcript("carol");
    carol.add(Event.Asked.now(null));
    carol.add(new Event.Placed(Told.JOINED, new Place("e", 0)));
    hears(carol, 1, 2);
    for (int number = 3; number <= 4; number++) {
      String text = new Message("carol#1", number, 0).text();
      carol.publishes(text);
      carol.add(new Event.Heard(new Place("f", number), text, 0));
      log.add(text);
    }
    return carol;
  }

  private static void hearsLast(Transcript transcript, String epoch, long offset) {
    transcript.add(new Event.Heard(new Place(epoch, offset), LAST, 0));
  }

  private static void resumes(Transcript transcript, Told told, Place since, Place at) {
    transcript.add(new Event.Ended(1006, "cut"));
    transcript.add(Event.Asked.now(since));
    transcript.add(new Event.Placed(told, at));
  }

  private void bothSee(Event event) {
    alice.add(event);
    bob.add(event);
  }

  private void bobHearsAll() {
    bobHearsTheRest(1, 2, 3, 4);
  }

  private void bobHearsTheRest(int... numbers) {
    hears(bob, numbers);
    hearsLast(bob, "e", 5);
  }

  private Verdict check() {
    return Checker.check(List.of(alice, bob), log, LAST, epochMayChange);
  }

  private List<Kind> kinds() {
    return check().violations().stream().map(Violation::kind).toList();
  }

  private List<Kind> kinds(Transcript more) {
    return Checker.check(List.of(alice, bob, more), log, LAST, epochMayChange).violations().stream()
        .map(Violation::kind)
        .toList();
  }

  private void assertFound(Kind... kinds) {
    assertThat(kinds()).containsExactlyInAnyOrder(kinds);
  }
}
