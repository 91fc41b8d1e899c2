"""Every bound of the package in one place, each with its reason."""

from __future__ import annotations

# The filter language
MAX_FILTER_BYTES = 20_000  # a text longer than this is a mistake or an attack; parsing it stays under a millisecond or so
MAX_FILTER_DEPTH = 100  # recursion in parser, resolver and emitter stays far from Python's own limit
MAX_ERROR_CHARS = 300  # an error must be readable in one glance, in a traceback and in the widget
MAX_REGEX_BYTES = 1_000  # longer patterns are generated ones, better written as IN
MAX_REGEX_SUBJECT_BYTES = 64_000  # a regex over more than this is a scan nobody waits for

# Queries
DEFAULT_DEADLINE_S = 60.0  # a query from Python that takes longer should say so rather than hang a notebook
EXPLORER_DEADLINE_S = 30.0  # at the screen nobody waits longer
DEFAULT_PAGE = 100  # Client.search_traces' page, as in MLflow
EXPLORER_PAGE = 200  # rows per round trip: a JupyterLab round trip is about 60 ms, so few and fat messages

# The wire to the browser
CUT_TEXT_CHARS = 2_000  # longer strings travel cut and are fetched in slices when asked for
SLICE_CHARS = 64_000  # one slice of a cut string
CUT_ITEMS = 200  # items of one array or keys of one object that travel with a span
MAX_DETAIL_BYTES = 512_000  # a span's details; beyond this, cuts get tighter
MAX_SELECTED_IDS = 1_000  # ids that are synced one by one; more is "all filtered, except …"

# Saved output
STATIC_ROWS = 50  # rows of the script-free table kept in the notebook file
STATIC_BYTES = 60_000  # its size, so that a notebook with ten explorers stays reviewable

# The store
BUSY_TIMEOUT_S = 10.0  # how long a writer waits for another process's transaction
SHORT_VALUE_CHARS = 256  # longer values have no posting: nobody looks up a paragraph by equality

# Reading files
MAX_JSON_DEPTH = 128  # deeper values are kept as their text: JSON writers stop at 254 levels, readers at about 1000
MAX_JSON_ENCODINGS = 4  # how often JSON inside JSON is decoded; twice occurs, more is somebody's data
MAX_WARNINGS = 20  # warnings kept per file: the count says the rest
SPANS_PER_BATCH = 2_000  # spans written in one transaction: large enough to be fast, small enough to hold in memory
MAX_UNPACKED_BYTES = 4_000_000_000  # what a compressed file may unfold to; beyond this it is taken for a bomb

# The explorer in the kernel
EXPLORER_WORKERS = 4  # threads for queries, shared by all explorers of a process: two views' page and count
MAX_PENDING = 64  # requests of one explorer that wait; a screen never needs more, the oldest are dropped
BOOT_DEADLINE_S = 2.0  # a first page slower than this is fetched by the widget, so that the cell goes on
MAX_VIEW_ID_CHARS = 64  # the random id of a view
MAX_SAFE_INTEGER = 2**53 - 1  # whole numbers beyond it are not exact in JavaScript: they travel as text
MAX_WIRE_PAGE = 1_000  # rows of one page whatever the browser asks for
MAX_COLUMNS = 100  # extra columns of the list: each is a value to extract per row
MAX_PATH_STEPS = 200  # steps of a path into a JSON value
CUT_DEPTH = 60  # levels of a JSON value that travel with a span; deeper ones are fetched when opened
CUT_NAME_CHARS = 300  # names in lists and trees; the whole name is in the span's details
PREVIEW_CHARS = 200  # a cell of the list
MAX_STATIC_SPANS = 200  # rows of the static waterfall
