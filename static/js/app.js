// The entry: one behaviour a file, each bound once to the document so that it also serves what htmx inserts later.
import "./theme.js";
import "./toast.js";
import "./dialog.js";
import "./menu.js";
import "./card-menu.js";
import "./lightbox.js";
import "./forms.js";
import "./time.js";
import "./keys.js";
import "./inbox.js";
import "./follow.js";
import "./upload.js";
import "./feed.js";
import "./composer.js";
import "./reactions.js";
import "./comments.js";
import "./live.js";
