package io.stentor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AnnouncedUrlsTest {
  private final AtomicLong nanos = new AtomicLong();
  private final AnnouncedUrls.Former former = new AnnouncedUrls.Former(nanos::get);

  @Test
  void a_node_that_left_is_remembered_for_a_day() {
    former.add("http://a");
    nanos.addAndGet(TimeUnit.HOURS.toNanos(23));
    former.add("http://b");
    assertThat(former.list()).containsExactly("http://a", "http://b");

    nanos.addAndGet(TimeUnit.HOURS.toNanos(2));
    assertThat(former.list()).containsExactly("http://b");
  }

  @Test
  void a_node_that_leaves_again_is_remembered_from_then_on() {
    former.add("http://a");
    nanos.addAndGet(TimeUnit.HOURS.toNanos(23));
    former.add("http://a");
    nanos.addAndGet(TimeUnit.HOURS.toNanos(23));

    assertThat(former.list()).containsExactly("http://a");
  }

  @Test
  void the_newest_are_kept_if_many_leave() {
    for (int i = 0; i < 300; i++) {
      former.add("http://" + i);
    }

    assertThat(former.list()).hasSize(256).doesNotContain("http://43").contains("http://44");
  }
}
