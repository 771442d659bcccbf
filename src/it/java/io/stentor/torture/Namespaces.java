package io.stentor.torture;

import java.util.List;

/**
 * A network namespace for each node, all on one bridge, on which this process has an address too.
 * Needs root and {@code ip}. One thread at a time.
 */
final class Namespaces implements Network {

  /*
   * A cut is a neighbour entry with a hardware address that nobody has: packets leave and are lost,
   * with no error to the sender, like on a broken cable.
   */
  private static final String NOBODY = "02:00:00:00:00:fe";

  private final int nodes;
  private final long pid = ProcessHandle.current().pid();
  private final String bridge = "st" + pid;
  private final String subnet = "10." + (100 + pid % 100) + "." + (pid / 100) % 250 + ".";
  private final Thread atExit = new Thread(this::remove);

  /**
   * Makes them.
   *
   * @throws IllegalStateException where this is not allowed
   */
  Namespaces(int nodes) {
    this.nodes = nodes;
    try {
      Network.run("ip link add " + bridge + " type bridge");
      Network.run("ip addr add " + subnet + "254/24 dev " + bridge);
      Network.run("ip link set " + bridge + " up");
      for (int i = 0; i < nodes; i++) {
        add(i);
      }
    } catch (RuntimeException e) {
      remove();
      throw e;
    }
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  private void add(int index) {
    String outside = bridge + "v" + index;
    Network.run("ip netns add " + name(index));
    Network.run("ip link add " + outside + " type veth peer name eth0 netns " + name(index));
    Network.run("ip link set " + outside + " master " + bridge + " up");
    inside(index, "ip addr add " + host(index) + "/24 dev eth0");
    inside(index, "ip link set eth0 up");
    inside(index, "ip link set lo up");
  }

  private String name(int index) {
    return bridge + "n" + index;
  }

  private void inside(int index, String command) {
    Network.run("ip netns exec " + name(index) + " " + command);
  }

  @Override
  public String host(int index) {
    return subnet + (index + 1);
  }

  @Override
  public List<String> prefix(int index) {
    return List.of("ip", "netns", "exec", name(index));
  }

  @Override
  public boolean canCut() {
    return true;
  }

  @Override
  public void cut(int index) {
    for (int other = 0; other < nodes; other++) {
      if (other != index) {
        cut(index, other);
      }
    }
  }

  @Override
  public void cut(int one, int other) {
    cutOneWay(one, other);
    cutOneWay(other, one);
  }

  @Override
  public void cutOneWay(int from, int to) {
    inside(from, "ip neigh replace " + host(to) + " lladdr " + NOBODY + " dev eth0 nud permanent");
  }

  @Override
  public void heal() {
    for (int here = 0; here < nodes; here++) {
      for (int there = 0; there < nodes; there++) {
        if (here != there) {
          healed(here, there);
        }
      }
    }
  }

  private void healed(int here, int there) {
    try {
      inside(here, "ip neigh del " + host(there) + " dev eth0");
    } catch (IllegalStateException noSuchEntry) {
      return;
    }
  }

  @Override
  public void close() {
    remove();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private void remove() {
    for (int i = 0; i < nodes; i++) {
      tryRun("ip netns del " + name(i));
      tryRun("ip link del " + bridge + "v" + i);
    }
    tryRun("ip link del " + bridge);
  }

  private static void tryRun(String command) {
    try {
      Network.run(command);
    } catch (RuntimeException alreadyGone) {
      return;
    }
  }
}
