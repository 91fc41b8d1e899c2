"""Every bound of the package in one place, each with its reason."""

from __future__ import annotations

# The filter language
MAX_FILTER_BYTES = (
    20_000  # a text longer than this is a mistake or an attack; parsing it stays under a millisecond or so
)
MAX_FILTER_DEPTH = 100  # recursion in parser, resolver and emitter stays far from Python's own limit
MAX_ERROR_CHARS = 300  # an error must be readable in one glance, in a traceback and in the widget
MAX_REGEX_BYTES = 1_000  # longer patterns are generated ones, better written as IN
MAX_REGEX_SUBJECT_BYTES = 64_000  # a regex over more than this is a scan nobody waits for
MAX_REFINED = 2_000  # newest matches whose values are proposed: enough to rank them, and read in a blink
RESOURCE_SAMPLE = 2_000  # spans that came last: what ran them is one of a few, and asking takes milliseconds
CONJUNCT_CHARS = 60  # of a condition that is named beside its count: to be recognized, not to be read again
MAX_COMPLETIONS = 50  # nobody reads further down a list of proposals; one more letter narrows it

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
FORK_WAIT_S = 1.0  # how long a fork waits for other threads' queries; a longer one the child leaves alone
SHORT_VALUE_CHARS = 256  # longer values have no posting: nobody looks up a paragraph by equality

# Reading files
MAX_JSON_ENCODINGS = 4  # how often JSON inside JSON is decoded; twice occurs, more is somebody's data
MAX_WARNINGS = 20  # warnings kept per file: the count says the rest
SPANS_PER_BATCH = 2_000  # spans written in one transaction: large enough to be fast, small enough to hold in memory
TRACES_PER_READ = 500  # traces of an MLflow database read at a time: their spans fit memory
MAX_UNPACKED_BYTES = 4_000_000_000  # what a compressed file may unfold to; beyond this it is taken for a bomb

# The explorer in the kernel
EXPLORER_WORKERS = 4  # threads for queries, shared by all explorers of a process: two views' page and count
MAX_PENDING = 64  # requests of one explorer that wait; a screen never needs more, the oldest are dropped
MAX_LABELLED = 10_000  # rows labelled at one go: a second or two of writing, and more at once is hardly a judgement
MAX_REVIEWED = 10_000  # traces of one review: more than anybody reads, and their ids go along with every query
MAX_LABEL_NAMES = 20  # names that one screen asks for; each is a question to a person
MAX_LABEL_VALUES = 9  # of one name: the keys 1 to 9
MAX_LABEL_CHARS = 60  # of a label's name or value: what a button can show
MAX_UNDO = 100  # labellings that can be taken back, the newest first
MAX_RATED = 10_000  # traces whose labels are laid side by side: their agreement does not change with more
WHY_DEADLINE_S = 5.0  # saying why nothing was found must not take as long as finding it
FACETS_DEADLINE_S = 8.0  # facets and histogram look at all that the filter finds; the list does not wait for them
FACET_KEYS = 3  # the most frequent tags, and as many names of feedback, that are facets unasked
FACET_VALUES = 12  # values of one facet: what is rarer is typed
MAX_FACETS = 30  # fields that are facets at once: each is a query
HISTOGRAM_BARS = 200  # bars of the histogram at most; the browser asks for as many as it has room for
BOOT_DEADLINE_S = 2.0  # a first page slower than this is fetched by the widget, so that the cell goes on
MAX_VIEW_ID_CHARS = 64  # the random id of a view
MAX_SAFE_INTEGER = 2**53 - 1  # whole numbers beyond it are not exact in JavaScript: they travel as text
MAX_WIRE_PAGE = 1_000  # rows of one page whatever the browser asks for
MAX_COLUMNS = 100  # extra columns of the list: each is a value to extract per row
MAX_PATH_STEPS = 200  # steps of a path into a JSON value
CUT_DEPTH = 60  # levels of a JSON value that travel with a span; deeper ones are fetched when opened
MAX_MARKDOWN_CHARS = 64_000  # of one text that is laid out; a longer one is read as it is
MAX_IMAGE_CHARS = 16_000_000  # base64 of one picture: it travels whole, and twelve megabytes are shown in a second
CUT_NAME_CHARS = 300  # names in lists and trees; the whole name is in the span's details
PREVIEW_CHARS = 200  # a cell of the list
MAX_CLICKED_CHARS = 2_000  # a value that a click writes into the filter; a longer one cannot be read there
LIVE_PAUSE_S = 0.25  # between two messages about what is being recorded: four a second look smooth
LIVE_REST = 10  # times as long as making one took: showing a recording takes a tenth of a core at most
LIVE_BYTES_PER_S = 200_000  # of such messages: Jupyter drops all output of a kernel that sends a megabyte a second
LIVE_SILENCE = 400  # parts of the time since the browser was heard: a closed one gets 3,000 messages in a night
MAX_LIVE_ROWS = 200  # the newest changed rows of one message, as many as a page has
MAX_LIVE_TRACES = 500  # whose changes are remembered between two messages; of more, the newest
LIVE_SHAPES = 3  # traces sent whole with their rows, so that they open while the kernel answers nothing
MAX_TRACED = 500  # traces of one cell whose ids its filter names: a filter is 20,000 bytes
LIVE_SPANS = 300  # of such a trace at most; the open one is sent whatever its size
MAX_STATIC_SPANS = 200  # rows of the static waterfall
MAX_STATIC_SPANS_READ = 5_000  # a larger trace is not read for a waterfall that shows its first rows
MAX_KNOWN = 2_000  # keys or values of a store that a text is compared with for "did you mean"
CACHE_BYTES = 32_000_000  # of the file kept in memory by each connection; a query's indexes should fit
PAGE_BYTES = 8_192  # of a new file: a span's payload is two kilobytes, of which SQLite's own 4,096 hold one and a rest
LOG_BYTES = 64_000_000  # what the write-ahead log shrinks to once it has been taken into the file
MAX_JSON_DEPTH = 200  # deeper values are kept as text: orjson writes 254 levels, SQLite reads 1,000
MAX_VALUES_PER_KEY = 64  # of one attribute in one span; an embedding vector is nothing to look up by equality
VOCABULARY_DEPTH = 3  # object keys on a path that is offered for completion; deeper ones are typed by hand
MAX_VOCABULARY_ITEMS = 20  # items of one array that are looked at for keys: the rest look like the first ones
MAX_VOCABULARY_KEYS = 500  # paths of one value: an object with ids for keys must not drown the real ones
MAX_KNOWN_SHAPES = 2_000  # of JSON values whose keys are remembered while writing; a program's calls have dozens
MAX_SHAPE = 100  # parts of one that is remembered: a few kilobytes at most
RENUMBER_AT_ONCE = 1_000  # spans; up to here numbering a trace after every write costs about a millisecond
RENUMBER_GROWTH = 2  # a bigger trace is numbered again once it has so many times the spans, or when it is read
LOG_WAIT_S = 1.0  # how long a writer waits for the others and for readers so that the log can begin anew
READ_SETTLE_S = 0.05  # a reader that would put growing traces in order does not wait longer for those who write
READ_CHUNK = 500  # traces read by one statement: enough to forget its overhead, small enough to stay in memory
DELETE_CHUNK = 500  # traces deleted in one transaction, so that writers wait for seconds at most
MIGRATION_CHUNK = 10_000  # rows that a migration changes at a time: some megabytes of memory
INDEX_SPANS = 1_000  # spans whose words are indexed in one transaction: a tenth of a second that other writers wait
INDEX_CHARS = 8_000_000  # of their text; it is in memory at once
LONGEST_TERM = 64  # characters of a term of the word index, what a SHA-256 has; a longer one is indexed in pieces
TERM_STEP = 32  # from one such piece to the next: whatever is half as long is in one of them
MAX_WORD_LISTS = 16  # lists of terms before the smallest are merged: each is looked through by every search

# Recording
SNAPSHOT_ITEMS = 500_000  # list items and object keys copied of one value: about a tenth of a second at worst
SNAPSHOT_AS_IT_IS = 10_000  # items up to which a value of JSON's own types is written without being copied first
SNAPSHOT_CHARS = 16_000_000  # text copied of one value; a copy costs memory until it is written
SNAPSHOT_DEPTH = 100  # levels copied of one value, below what every JSON reader and writer takes
SNAPSHOT_TEXT_CHARS = 20_000  # of an object that has no JSON and is kept by its str()
SNAPSHOT_ROWS = 1_000  # of a DataFrame, Series or Index: the trace is no place for the data set
MAX_STREAMED_ITEMS = 100_000  # items of one generator that are kept: an endless stream must not fill the memory
MAX_TRACEBACK_FRAMES = (
    50  # of one exception event, the innermost: formatting a frame costs 20 µs, at every span it leaves
)
MAX_TRACEBACK_CHARS = 40_000  # of one exception event; the end of it, which names the place, is kept
MAX_QUEUED_SPANS = 50_000  # recorded and not yet written; the recording code waits for the writer beyond this
MAX_QUEUED_BYTES = 256_000_000  # the same bound in bytes of text, for spans with large inputs and outputs
SPAN_OVERHEAD_BYTES = 2_000  # what a queued span weighs besides its text
MAX_SPAN_ATTRIBUTES = 10_000  # OpenTelemetry's own default of 128 would drop a span's inputs for its 129th attribute
MAX_SPAN_EVENTS = 10_000  # a streamed answer may add an event per token
WRITE_DELAY_S = 0.1  # how long the writer gathers before it writes: fewer transactions, still "at once" to the eye
ANNOUNCE_AFTER_S = 0.5  # a span open for so long is written as running; writing every span twice would be waste
RETRY_S = 1.0  # pause after a failed write, doubled up to …
MAX_RETRY_S = 30.0  # … this, so that a full disk is not hammered and a freed one is soon noticed
FLUSH_TIMEOUT_S = 30.0  # a flush gives up after this, saying so
READ_FLUSH_S = 5.0  # how long a search waits for what was recorded before it
REMEMBERED_TRACES = 10_000  # finished traces whose place is remembered, for spans that come late

# The SQLite engine
ORDER_KEY_BYTES = 256  # a text is sorted by so many of its first bytes, so that keys and page tokens stay small
INDEX_BEFORE_S = 0.25  # words are indexed for so long before a search for text: what was just recorded takes less
MAX_WORDS = 16  # of a text that is searched for are looked up in the word index; so many leave nothing to leave out
MAX_TERMS = 200  # of the index that one of these words can be part of: 20,000 took over a second to look up
MAX_TERM_CHARS = 128_000_000  # of the lists of terms that a process holds: 100,000 traces have 20 million
MAX_CANDIDATES = 20_000  # traces that the index may leave to be searched; listing more takes longer than it saves
MAX_TAIL_SPANS = 50_000  # spans not indexed yet: searching their traces takes less than a second
SAMPLED_DOCUMENTS = 1_000  # the newest, in which it is counted how frequent words are
INDEX_SHARE = 4  # words in more than one of so many are not looked up: searching the newest traces soon fills a page
MAX_HELD_BYTES = 128_000_000  # of numpy columns held of one store: ten facets of a million traces
HELD_READ = 20_000  # rows read into them at a time: a megabyte or two, of which numpy keeps a tenth
HELD_AFTER = 2_000  # traces; a facet of fewer is sooner counted by SQL than all traces' values are read
MAX_KEPT_ANSWERS = 1_000  # answers kept about one state of a file, a few numbers each: those of a session of filtering
PROGRESS_STEPS = 10_000  # steps of SQLite's machine between two looks at the clock: a millisecond or a few

# Frames and evaluation
IDS_CHUNK = 50_000  # ids fetched in one go: some megabytes
FRAME_CHUNK = 1_000  # traces read in one go: the progress bar moves several times a second
PROGRESS_AFTER_S = 1.0  # what is quicker needs no progress bar
EVALUATION_WORKERS = 8  # rows evaluated at once: models mostly wait for a network, and its limits are low
SCORES_WAIT_S = 1.0  # how long scores wait to be written: an evaluation that is killed loses no more
BOOTSTRAP_RESAMPLES = 10_000  # so that the ends of a 95 % interval stand on 250 means each
BOOTSTRAP_DRAWS = 2_000_000  # of them in memory at once: 16 megabytes
COMPARED_PAIRS = 100  # rows of a comparison whose traces the explorer shows: a filter holds that many ids
RESULT_HTML_ROWS = 10  # rows of an evaluation's result that are drawn; the table itself has all
RESULT_CELL_CHARS = 200  # of one cell there
COLUMN_CHUNK = 2_000  # rows whose columns are read by one statement: a cancelled export stops within one
MAX_REGEX_SECONDS = 2.0  # of one regex over one text: cancelling can't stop it, and a pattern so slow will never do

# One offline file to send: what a mail still takes, and a browser opens without a pause.
SNAPSHOT_MEGABYTES = 10.0
SNAPSHOT_LEAST_MEGABYTES = 0.5  # the front end itself takes nearly half of it
SNAPSHOT_ROWS = 10_000  # listed; each weighs some 150 bytes
SNAPSHOT_TEXT_CHARS = 20_000  # of one text: longer ones are cut, and say so
SNAPSHOT_ITEMS = 1_000  # of one array or object
SNAPSHOT_TRACE_BYTES = 20_000_000  # of one trace's details before they are compressed
SNAPSHOT_REFUSED = 20  # traces in a row that do not fit: then no other is tried
SNAPSHOT_FACET_VALUES = 50  # of one facet

# Comparing traces
LONGEST_EXACT = 200  # elements of two lists whose longest common part is looked for in full: 40,000 steps
MAX_COMPARED_TRACES = 50  # beside each other: the eye follows no wider table, and all of them are read whole
MAX_COMPARED_ROWS = 50_000  # pairs of spans that travel: some five megabytes
MAX_COMPARED_NAMES = 300  # rows of the table of many traces; the heaviest stay
DIFF_CHARS = 200_000  # of each side of a text diff: what is longer is compared up to there
DIFF_LINE_CHARS = 2_000  # of one line that is compared word by word
DIFF_CONTEXT = 2  # equal lines shown around what changed, as everywhere
DIFF_LINES = 2_000  # of a diff that travel; nobody reads further

# Groups of rows, and a session as one conversation.
MAX_GROUPS = 5_000  # that travel; nobody scrolls through more
MAX_TURNS = 500  # of one session
MAX_TURN_BYTES = 16_000  # of what one turn was asked, and of what it answered: the whole is in the trace
