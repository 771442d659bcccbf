package io.stentor.presence;

import io.stentor.message.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A watcher that keeps what it was told: events in order, and who is there by them. Fails on an
 * event that cannot be true. Any thread.
 */
final class Recorder implements Watcher {
  /** Everything in order: {@code =a,b} is a snapshot, {@code +a} and {@code -a} are events. */
  final List<String> events = new ArrayList<>();

  /** Who is there, by connection. */
  final TreeMap<String, Member> there = new TreeMap<>();

  /** Events that could not be: joins of those who are there, leaves of those who are not. */
  final List<String> impossible = new ArrayList<>();

  private final Runnable whenTold;
  private boolean slow;
  private int refused;

  Recorder() {
    this(() -> {});
  }

  /** Creates a watcher that does something whenever it is told all members. */
  Recorder(Runnable whenTold) {
    this.whenTold = whenTold;
  }

  synchronized void slow(boolean slow) {
    this.slow = slow;
  }

  synchronized int refused() {
    return refused;
  }

  @Override
  public synchronized boolean present(List<Member> members) {
    if (refuses()) {
      return false;
    }
    there.clear();
    members.forEach(member -> there.put(member.connection(), member));
    events.add("=" + String.join(",", there.keySet()));
    whenTold.run();
    return true;
  }

  @Override
  public synchronized boolean joined(Member member) {
    if (refuses()) {
      return false;
    }
    events.add("+" + member.connection());
    if (there.put(member.connection(), member) != null) {
      impossible.add("+" + member.connection());
    }
    return true;
  }

  @Override
  public synchronized boolean left(Member member) {
    if (refuses()) {
      return false;
    }
    events.add("-" + member.connection());
    if (there.remove(member.connection()) == null) {
      impossible.add("-" + member.connection());
    }
    return true;
  }

  private boolean refuses() {
    if (slow) {
      refused++;
    }
    return slow;
  }

  synchronized List<String> events() {
    return List.copyOf(events);
  }

  /** Events without snapshots. */
  synchronized List<String> changes() {
    return events.stream().filter(event -> !event.startsWith("=")).toList();
  }

  synchronized List<String> there() {
    return List.copyOf(there.keySet());
  }
}
