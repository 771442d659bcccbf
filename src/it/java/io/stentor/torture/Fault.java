package io.stentor.torture;

import java.time.Duration;
import java.util.function.Consumer;

/** What is done to the nodes in a round, at a random moment. */
enum Fault {
  /** Nothing: the round itself is whole. */
  CALM(false, scene -> scene.begin("calm", () -> {})),

  /** {@code kill -9} of the node that owns the room's log. */
  KILL_OWNER(false, scene -> scene.killAndReplace(scene.owner())),

  /** {@code kill -9} of the node that the first publisher is on. */
  KILL_PUBLISHERS_NODE(false, scene -> scene.killAndReplace(scene.publishersNode())),

  /** {@code kill -9} of the node that the last listener is on. */
  KILL_LISTENERS_NODE(false, scene -> scene.killAndReplace(scene.listenersNode())),

  /** {@code kill -9} of any node. */
  KILL_ANY(false, scene -> scene.killAndReplace(scene.anyNode())),

  /** {@code kill -9} of the node that has been in the cluster longest. */
  KILL_ELDEST(false, scene -> scene.killAndReplace(scene.eldest())),

  /** {@code kill -9} of the node that joined last. */
  KILL_YOUNGEST(false, scene -> scene.killAndReplace(scene.youngest())),

  /** SIGTERM to the node that owns the room's log, and a new one in its place. */
  LEAVE_OWNER(false, scene -> scene.leaveAndReplace(scene.owner())),

  /** SIGTERM to any node, and a new one in its place. */
  LEAVE_ANY(false, scene -> scene.leaveAndReplace(scene.anyNode())),

  /** Every node after the other leaves and is replaced. */
  ROLLING_RESTART(false, Scene::rollingRestart),

  /** The node that owns the room's log stands still for longer than failure detection takes. */
  FREEZE_OWNER(true, scene -> scene.freeze(scene.owner(), Scene.LONG)),

  /** Any node stands still for longer than failure detection takes. */
  FREEZE_ANY(true, scene -> scene.freeze(scene.anyNode(), Scene.LONG)),

  /** Any node stands still for a moment that failure detection does not notice. */
  FREEZE_SHORTLY(false, scene -> scene.freeze(scene.anyNode(), Duration.ofMillis(1_500))),

  /**
   * Steps towards the copies of logs are lost, late and repeated for a while, and then the node
   * that owns the room's log is killed while they are.
   */
  FAULTY_BACKUPS(false, Scene::faultyBackups),

  /** The wall clock of the node that owns the room's log is set ten minutes ahead, and back. */
  CLOCK_STEP(false, Scene::stepClock),

  /** One node is cut off from the others, which clients of both sides do not notice. */
  CUT(true, scene -> scene.cut(scene.anyNode(), Scene.LONG)),

  /** Two nodes lose each other while both still reach a third. */
  PARTIAL_CUT(true, scene -> scene.cutPair(Scene.LONG)),

  /** Nothing from one node reaches the others, or nothing from the others reaches it. */
  ONE_WAY_CUT(true, scene -> scene.cutOneWay(scene.anyNode(), Scene.LONG)),

  /** One node is cut off for moments that are shorter and longer than failure detection takes. */
  FLAPPING(true, scene -> scene.flap(scene.anyNode())),

  /** {@code kill -9} of all nodes at once. */
  BLACKOUT_KILL(false, scene -> Blackout.all(scene, Blackout.End.KILL)),

  /** The same, and once more while they start. */
  BLACKOUT_KILL_TWICE(false, Blackout::twice),

  /** The same, and one of them comes back when the others have stopped waiting for it. */
  BLACKOUT_ONE_LATE(false, Blackout::oneLate),

  /** SIGTERM to all nodes at once. */
  BLACKOUT_STOP(false, scene -> Blackout.all(scene, Blackout.End.TERM)),

  /** SIGTERM to one node after the other until none is left. */
  BLACKOUT_STOP_EACH(false, Blackout::eachStops),

  /** {@code kill -9} of all nodes but one, which goes on. */
  BLACKOUT_BUT_ONE(true, scene -> Blackout.allButOne(scene, false)),

  /** {@code kill -9} of all nodes but one, which goes on, and then of this one. */
  BLACKOUT_BUT_ONE_THEN_IT(true, scene -> Blackout.allButOne(scene, true)),

  /** {@code kill -9} of all nodes, one of which loses its data directory and starts last. */
  BLACKOUT_DISK_LOST(false, scene -> Blackout.diskLost(scene, false)),

  /** The same, but that one starts first, so it is a cluster of its own before the others come. */
  BLACKOUT_DISK_LOST_FIRST(true, scene -> Blackout.diskLost(scene, true)),

  /** {@code kill -9} of all nodes, two of which get each other's data directory. */
  BLACKOUT_DISKS_SWAPPED(false, Blackout::disksSwapped),

  /** {@code kill -9} of all nodes, one of which gets an older copy of its data directory. */
  BLACKOUT_DISK_COPIED(true, Blackout::diskCopied),

  /** One node comes back to the others when they have removed messages. */
  BLACKOUT_DISK_STALE(false, scene -> Blackout.diskStale(scene, false)),

  /** The same, and the others are killed before it comes back. */
  BLACKOUT_DISK_STALE_KILL(false, scene -> Blackout.diskStale(scene, true));

  private final boolean epochMayChange;
  private final Consumer<Scene> strike;

  Fault(boolean epochMayChange, Consumer<Scene> strike) {
    this.epochMayChange = epochMayChange;
    this.strike = strike;
  }

  /**
   * Whether it may fork logs in a cluster of this size; clients beyond the fork must be told in any
   * case. Of two nodes, the younger cannot know whether the elder died or goes on.
   */
  boolean epochMayChange(int nodes) {
    return epochMayChange
        || (nodes == 2
            && switch (this) {
              case KILL_OWNER,
                  KILL_PUBLISHERS_NODE,
                  KILL_LISTENERS_NODE,
                  KILL_ANY,
                  KILL_ELDEST,
                  FAULTY_BACKUPS ->
                  true;
              default -> false;
            });
  }

  /** Whether it is about data directories. */
  boolean isBlackout() {
    return name().startsWith("BLACKOUT");
  }

  /** Whether it can be done to these nodes. */
  boolean isPossible(Nodes nodes) {
    return switch (this) {
      case CUT, ONE_WAY_CUT, FLAPPING -> nodes.network().canCut();
      case PARTIAL_CUT -> nodes.network().canCut() && nodes.size() > 2;
      case CLOCK_STEP -> Clocks.canBeSet();
      case BLACKOUT_KILL, BLACKOUT_KILL_TWICE, BLACKOUT_STOP -> nodes.haveDisks();
      default -> isBlackout() ? nodes.haveDisks() && nodes.size() > 1 : nodes.size() > 1;
    };
  }

  /** Does it, waits until service is whole again, and mends what it broke. */
  void strike(Scene scene) {
    strike.accept(scene);
  }
}
