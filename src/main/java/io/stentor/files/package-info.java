/** Static files: the webroot on disk or in the jar, and the libraries that the pages use. */
@NullMarked
package io.stentor.files;

import org.jspecify.annotations.NullMarked;
