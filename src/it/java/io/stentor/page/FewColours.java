package io.stentor.page;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Pictures of pages as small files: of the colours only those that can be told apart are kept. */
final class FewColours {
  private static final int MOST_COLOURS = 256;

  /** Square of the distance under which two colours are taken for one. */
  private static final int SAME = 3 * 5 * 5;

  private FewColours() {}

  /** The same picture as a PNG with a palette. */
  static byte[] png(byte[] png) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    List<Integer> palette = palette(image);
    byte[][] parts = new byte[3][palette.size()];
    for (int i = 0; i < palette.size(); i++) {
      for (int part = 0; part < 3; part++) {
        parts[part][i] = (byte) part(palette.get(i), part);
      }
    }
    IndexColorModel colours = new IndexColorModel(8, palette.size(), parts[0], parts[1], parts[2]);
    BufferedImage few =
        new BufferedImage(
            image.getWidth(), image.getHeight(), BufferedImage.TYPE_BYTE_INDEXED, colours);
    Map<Integer, Integer> nearest = new HashMap<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int colour = image.getRGB(x, y);
        int index = nearest.computeIfAbsent(colour, one -> nearest(one, palette));
        few.getRaster().setSample(x, y, 0, index);
      }
    }
    return write(few);
  }

  /** The most frequent ones that differ. */
  private static List<Integer> palette(BufferedImage image) {
    Map<Integer, Integer> counts = new HashMap<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        counts.merge(image.getRGB(x, y), 1, Integer::sum);
      }
    }
    Comparator<Map.Entry<Integer, Integer>> byCount = Map.Entry.comparingByValue();
    List<Integer> palette = new ArrayList<>();
    counts.entrySet().stream()
        .sorted(byCount.reversed())
        .map(Map.Entry::getKey)
        .forEach(
            colour -> {
              boolean isNew = palette.stream().allMatch(one -> distance(one, colour) > SAME);
              if (isNew && palette.size() < MOST_COLOURS) {
                palette.add(colour);
              }
            });
    return palette;
  }

  private static int nearest(int colour, List<Integer> palette) {
    int nearest = 0;
    for (int i = 1; i < palette.size(); i++) {
      if (distance(palette.get(i), colour) < distance(palette.get(nearest), colour)) {
        nearest = i;
      }
    }
    return nearest;
  }

  private static int distance(int one, int other) {
    int sum = 0;
    for (int part = 0; part < 3; part++) {
      int difference = part(one, part) - part(other, part);
      sum += difference * difference;
    }
    return sum;
  }

  /** Red, green or blue. */
  private static int part(int colour, int part) {
    return (colour >> (16 - 8 * part)) & 0xFF;
  }

  private static byte[] write(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ImageWriteParam smallest = writer.getDefaultWriteParam();
    smallest.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    smallest.setCompressionQuality(0);
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), smallest);
    }
    writer.dispose();
    return bytes.toByteArray();
  }
}
