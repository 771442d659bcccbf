/** How nodes find each other, and what is done when one comes or goes. */
@NullMarked
package io.stentor.cluster;

import org.jspecify.annotations.NullMarked;
