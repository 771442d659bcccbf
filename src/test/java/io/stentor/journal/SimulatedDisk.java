package io.stentor.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A disk in memory that can lose power: it knows what was flushed, of contents and of names. It can
 * stop at any operation, within a write too, and refuse writes and flushes. All choices come from a
 * seed.
 */
final class SimulatedDisk implements Disk {
  private static final int BLOCK = 4096;

  /** What is left after a power loss. */
  enum Loss {
    /** Only what was flushed. */
    ALL_UNFLUSHED,
    /** What was flushed, and any of the blocks and names that were not. */
    ANY_UNFLUSHED
  }

  /** The machine stopped. Not an IOException, so that nobody handles it. */
  static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final class Inode {
    private final int number;
    private byte[] content = new byte[0];
    private int size;
    private byte[] flushed = new byte[0];
    private final Set<Integer> dirty = new HashSet<>();

    /** Blocks whose flush failed: the system took them for clean, and no flush will write them. */
    private final Set<Integer> dropped = new HashSet<>();

    Inode(int number) {
      this.number = number;
    }

    void write(byte[] bytes, int count, int position) {
      int end = position + count;
      if (end > content.length) {
        content = Arrays.copyOf(content, Math.max(end, 2 * content.length));
      }
      System.arraycopy(bytes, 0, content, position, count);
      size = Math.max(size, end);
      for (int block = position / BLOCK; block * BLOCK < end; block++) {
        dirty.add(block);
        dropped.remove(block);
      }
    }

    void truncate(int position) {
      if (position < size) {
        Arrays.fill(content, position, size, (byte) 0);
        for (int block = position / BLOCK; block * BLOCK < size; block++) {
          dirty.add(block);
        }
        size = position;
      }
    }

    void force() {
      byte[] before = Arrays.copyOf(flushed, Math.max(size, flushed.length));
      flushed = Arrays.copyOf(content, size);
      for (int block : dropped) {
        int from = Math.min(block * BLOCK, size);
        System.arraycopy(before, from, flushed, from, Math.min(BLOCK, size - from));
      }
      dirty.clear();
    }

    void failFlush() {
      dropped.addAll(dirty);
      dirty.clear();
    }

    void lose(Loss loss, Random random) {
      byte[] left = flushed;
      if (loss == Loss.ANY_UNFLUSHED && !dirty.isEmpty()) {
        int length = random.nextBoolean() ? size : flushed.length;
        if (random.nextInt(4) == 0) {
          length =
              Math.min(length, flushed.length)
                  + random.nextInt(1 + Math.abs(size - flushed.length));
        }
        left = Arrays.copyOf(flushed, length);
        int chance = random.nextInt(101);
        for (int block : dirty) {
          int from = block * BLOCK;
          int to = Math.min(Math.min(from + BLOCK, length), size);
          if (from < to && random.nextInt(100) < chance) {
            System.arraycopy(content, from, left, from, to - from);
          }
        }
      }
      content = left.clone();
      size = left.length;
      dropped.clear();
      force();
    }
  }

  private final Random random;
  private final Map<String, Inode> names = new TreeMap<>();
  private final Map<String, Inode> flushedNames = new TreeMap<>();
  private int inodes;
  private int boot = 1;
  private long wallMillis = 1_700_000_000_000L;
  private long nanos;
  private int life;
  private long operations;
  private long stopAt = Long.MAX_VALUE;
  boolean full;
  boolean failFlush;

  /** What happens while a file is flushed. */
  Runnable duringFlush = () -> {};

  /** By how much files can grow until there is no space left. */
  int freeBytes = Integer.MAX_VALUE;

  SimulatedDisk(long seed) {
    random = new Random(seed);
  }

  /** Returns a disk with the same files, all of them flushed, in the same boot of the machine. */
  SimulatedDisk snapshot() {
    SimulatedDisk other = new SimulatedDisk(0);
    names.forEach(
        (name, inode) -> {
          Inode copied = new Inode(inode.number);
          copied.write(inode.content, inode.size, 0);
          copied.force();
          other.names.put(name, copied);
        });
    other.flushedNames.putAll(other.names);
    other.inodes = inodes;
    other.boot = boot;
    other.wallMillis = wallMillis;
    other.nanos = nanos;
    return other;
  }

  /** Stops the machine at the n-th operation from now. */
  void stopAfter(long count) {
    stopAt = operations + count;
  }

  long operations() {
    return operations;
  }

  void advance(long millis) {
    nanos += millis * 1_000_000;
    wallMillis += millis;
  }

  void setWall(long millis) {
    wallMillis = millis;
  }

  /** Ends the process: whoever had files open cannot use them any more. */
  void kill() {
    life++;
    stopAt = Long.MAX_VALUE;
    nanos += 12_345_678;
  }

  /** Ends the machine. */
  void losePower(Loss loss) {
    kill();
    boot++;
    if (loss == Loss.ALL_UNFLUSHED) {
      names.clear();
      names.putAll(flushedNames);
    } else {
      Set<String> all = new HashSet<>(names.keySet());
      all.addAll(flushedNames.keySet());
      for (String name : all.stream().sorted().toList()) {
        if (random.nextBoolean()) {
          Inode inode = flushedNames.get(name);
          if (inode == null) {
            names.remove(name);
          } else {
            names.put(name, inode);
          }
        }
      }
    }
    Set<Inode> inodesLeft = new HashSet<>(names.values());
    names.values().stream().filter(inodesLeft::remove).forEach(inode -> inode.lose(loss, random));
    flushedNames.clear();
    flushedNames.putAll(names);
  }

  /** Starts the machine again, with everything flushed. */
  void restart() {
    kill();
    boot++;
    names.values().forEach(Inode::force);
    flushedNames.clear();
    flushedNames.putAll(names);
  }

  /** Makes this disk a copy of itself: all files have other inodes. */
  void copy() {
    for (Map.Entry<String, Inode> file : names.entrySet()) {
      Inode copied = new Inode(++inodes);
      copied.write(file.getValue().content, file.getValue().size, 0);
      copied.force();
      file.setValue(copied);
    }
    flushedNames.clear();
    flushedNames.putAll(names);
  }

  /** Removes the directory with all files in it. */
  void removeAll() {
    names.clear();
    flushedNames.clear();
  }

  /** Changes one bit of a file. */
  void flip(String name, int bit) {
    Inode inode = names.get(name);
    inode.content[bit / 8] ^= (byte) (1 << bit % 8);
    inode.force();
  }

  int size(String name) {
    return names.get(name).size;
  }

  /** The size of a file without the zeros at its end. */
  int used(String name) {
    Inode inode = names.get(name);
    int used = inode.size;
    while (used > 0 && inode.content[used - 1] == 0) {
      used--;
    }
    return used;
  }

  void cutFile(String name, int size) {
    names.get(name).truncate(size);
    names.get(name).force();
  }

  void lengthen(String name, int bytes) {
    Inode inode = names.get(name);
    inode.write(new byte[bytes], bytes, inode.size);
    inode.force();
  }

  void remove(String name) {
    names.remove(name);
    flushedNames.remove(name);
  }

  /** Replaces a file by one of another disk. */
  void putFile(String name, SimulatedDisk other, String otherName) {
    names.put(name, other.names.get(otherName));
    flushedNames.put(name, names.get(name));
  }

  private void operation() {
    if (++operations >= stopAt) {
      throw new Stopped();
    }
  }

  private void change() throws IOException {
    operation();
    if (full) {
      throw new IOException("No space left on device");
    }
  }

  @Override
  public String path() {
    return "simulated";
  }

  @Override
  public void prepare() throws IOException {
    change();
  }

  @Override
  public List<String> list() {
    return new ArrayList<>(names.keySet());
  }

  private Inode existing(String name) throws NoSuchFileException {
    Inode inode = names.get(name);
    if (inode == null) {
      throw new NoSuchFileException(name);
    }
    return inode;
  }

  @Override
  public byte[] read(String name, int limit) throws IOException {
    Inode inode = existing(name);
    return Arrays.copyOf(inode.content, Math.min(inode.size, limit));
  }

  @Override
  public Output create(String name) throws IOException {
    change();
    Inode inode = new Inode(++inodes);
    names.put(name, inode);
    return new SimulatedOutput(name, inode);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    change();
    Inode inode = existing(from);
    names.remove(from);
    names.put(to, inode);
  }

  @Override
  public void delete(String name) throws IOException {
    change();
    names.remove(name);
  }

  @Override
  public void rewrite(String name, long size) throws IOException {
    operation();
    existing(name).dropped.clear();
    existing(name).truncate((int) Math.min(size, Integer.MAX_VALUE));
    existing(name).force();
  }

  @Override
  public void sync() throws IOException {
    operation();
    flushedNames.clear();
    flushedNames.putAll(names);
  }

  @Override
  public String identity(String name) throws IOException {
    return "inode " + existing(name).number;
  }

  @Override
  public String bootId() {
    return "boot " + boot;
  }

  @Override
  public long wallMillis() {
    return wallMillis;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public void close() {}

  private final class SimulatedOutput implements Output {
    private final String name;
    private final Inode inode;
    private final int born = life;

    SimulatedOutput(String name, Inode inode) {
      this.name = name;
      this.inode = inode;
    }

    private void alive() {
      if (born != life) {
        throw new Stopped();
      }
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      alive();
      byte[] array = new byte[bytes.remaining()];
      bytes.get(array);
      boolean stops = operations + 1 >= stopAt;
      int grows = (int) Math.max(0, position + array.length - inode.size);
      boolean fails = full || grows > freeBytes;
      if (stops || fails) {
        inode.write(array, random.nextInt(array.length + 1), (int) position);
      }
      operation();
      if (fails) {
        throw new IOException("No space left on device");
      }
      freeBytes -= grows;
      inode.write(array, array.length, (int) position);
    }

    @Override
    public void truncate(long position) throws IOException {
      alive();
      operation();
      inode.truncate((int) position);
    }

    @Override
    public void force() throws IOException {
      alive();
      operation();
      if (failFlush) {
        inode.failFlush();
        throw new IOException("Input/output error");
      }
      duringFlush.run();
      inode.force();
    }

    @Override
    public boolean exists() {
      alive();
      return names.get(name) == inode;
    }

    @Override
    public void close() {}
  }
}
