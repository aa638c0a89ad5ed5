/**
 * Where every table lies once the database is distributed, and why. A table a migration adds stands here too; the test
 * `test/tidy-schema.test.ts` says so when it does not.
 *
 * - `district`: by the district a row lives in. All of these are co-located: what happens in one district happens on one
 *   server, so joins, foreign keys and transactions between them stay there.
 * - `key`: by a column of its own that is looked up whole, for what is unique in the country. One row, one server.
 * - `reference`: a copy on every server, for what is small, read by every query and seldom written.
 * - `local`: on the coordinator alone.
 */
export type Placement =
  | { readonly by: "district"; readonly why: string }
  | { readonly by: "key"; readonly column: string; readonly why: string }
  | { readonly by: "reference"; readonly why: string }
  | { readonly by: "local"; readonly why: string };

const district = (why: string): Placement => ({ by: "district", why });
const key = (column: string, why: string): Placement => ({ by: "key", column, why });
const reference = (why: string): Placement => ({ by: "reference", why });

/** By table name. `why` says what a row is of, which is how the table grows. */
export const placements: Readonly<Record<string, Placement>> = {
  // The tree and its rules: every query joins them, offices change them.
  installation: reference("one row"),
  key_mark: reference("one row"),
  policy_value: reference("some thousand rules; read by every case that opens"),
  policy_version: reference("one row"),
  unit: reference("one a union, 2.8 million; joined by every list, and foreign keys point to it"),
  unit_event: reference("a few a union; hangs on unit, and a list of it is read with the unit"),
  post: reference("some a union; all posts of a person are read at once, wherever they are held"),
  account: reference(
    "one a person who signs in; unique by login, by person and by identity provider at once",
  ),

  // What is unique in the country, found by a keyed hash or an id.
  identity_lookup: key("hash", "one an identity number"),
  phone_lookup: key("hash", "one a person and telephone"),
  case_lookup: key("case_id", "one a case"),
  notice_lookup: key("notice_id", "one a notice"),
  paper_lookup: key("paper_id", "one a paper"),
  hardship_claim: key("id_hash", "one an identity in an open hardship file"),
  aid_once: key("beneficiary_id", "one a grant"),
  register_entry: key("id_hash", "one an identity and government register"),
  verify_code: key("code", "one a document, card or root that strangers may check"),
  session: key("token_hash", "one a signed-in device; found by its token alone"),
  sign_in_code: key("phone_hash", "one a telephone that asked for a code"),
  sign_in_failure: key("login_hash", "one a login name that failed"),

  rollup_state: reference("one row"),

  round: reference("some tens a union and year; joined by every claim"),

  // Rounds: a county's places and who claimed them, so that a rush of the country is many small ones.
  round_share: district("one a round and district with places"),
  round_claim: district("one a claim"),

  // People, where they are kept.
  person: district("one a person"),
  household: district("one a family on file"),
  household_member: district("some a family"),
  membership: district("one a person and union"),
  membership_event: district("some a membership"),
  membership_transfer: district("one a change of unions"),
  merge_log: district("one a pair of records made one"),
  look: district("one an officer, person and day"),
  consent: district("some a person"),
  roster_import: district("one a file"),
  import_chunk: district("one a megabyte of a file, for as long as it may be resumed"),
  import_problem: district("one a bad cell"),

  // Cases, where their union is.
  case_serial: district("one a service and year"),
  case_file: district("one a case"),
  case_action: district("five to ten a case"),
  case_draft: district("one a person and service being filled in"),
  day_root: district("one a day"),
  root_entry: district("one a case and day with something done"),
  notice: district("one a published decision"),
  objection: district("few a hundred notices"),
  hardship_file: district("one a family on file"),
  paper: district("some a case"),
  paper_chunk: district("one a megabyte of a paper"),
  message: district("some a case, where the person is kept"),
  delivery: district("one a message that leaves the program"),
  message_preference: district("one a person who chose"),

  // Figures: a record's share where the record is, a union's sums where the union is.
  rollup_delta: district("some a change of a record, until they are folded"),
  rollup: district("some hundreds a large union: a tally, a day or month, a key"),

  // Money, where its union's books are.
  account_book: district("some tens a union that keeps books"),
  aid_grant: district("one a case that pays"),
  bank_result: district("one a result file"),
  batch: district("one a payment batch"),
  batch_action: district("some a batch"),
  batch_item: district("one a payment"),
  batch_serial: district("one a year"),
  book: district("one a union that keeps books"),
  book_month: district("one a union and month"),
  cap_link: district("some a person or family that moved between districts"),
  cap_use: district("some a beneficiary and year"),
  fund: district("some a union"),
  subsidy: district("one a transfer of money between unions, in the giver's district"),
  transfer: district("one a payment and side"),
  voucher: district("one a posting"),

  schema_migration: { by: "local", why: "the schema's own history" },
};
