package io.stentor.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.stentor.support.Window;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Pictures of a page at the sizes of a desktop and a phone, in {@code target}. */
final class Pictures {

  private static final Map<String, int[]> SIZES =
      Map.of("desktop", new int[] {1280, 900}, "phone", new int[] {390, 844});

  private Pictures() {}

  /**
   * Takes them, and one at the width that a phone of 320 pixels has or a desktop at 400 %, where
   * nothing may have to be moved sideways. The window is as large as before afterwards.
   */
  static void take(Window window, String name, ColorScheme scheme) {
    Page page = window.page();
    var before = page.viewportSize();
    String theme = scheme.name().toLowerCase(Locale.ROOT);
    SIZES.forEach(
        (size, pixels) -> {
          page.setViewportSize(pixels[0], pixels[1]);
          page.evaluate("() => new Promise((done) => setTimeout(done, 300))");
          Path file = Path.of("target", name + "-" + size + "-" + theme + ".png");
          page.screenshot(new Page.ScreenshotOptions().setPath(file).setFullPage(true));
        });
    page.setViewportSize(320, 640);
    assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
        .isLessThanOrEqualTo(320);
    page.setViewportSize(before.width, before.height);
  }
}
