using Tandem.Schema;

namespace Tandem.Tables;

/// <summary>Tandem's own tables: short names and shapes. They live in schema <c>tandem</c> of PostgreSQL and under the prefix <c>tandem_</c> elsewhere.</summary>
public static partial class SystemTables
{
    /// <summary>Every committed change.</summary>
    public const string JournalName = "journal";

    /// <summary>What Tandem keeps for itself: signing keys.</summary>
    public const string SettingsName = "settings";

    /// <summary>Who holds which lease.</summary>
    public const string LeasesName = "leases";

    /// <summary>Lists as people keep them: filter, order, columns, grouping.</summary>
    public const string ViewsName = "views";

    /// <summary>Who may do what.</summary>
    public const string GrantsName = "grants";

    /// <summary>Which administrator looked through whose eyes, and when.</summary>
    public const string ViewAsName = "view_as";

    /// <summary>The shape of the table of who looked through whose eyes.</summary>
    /// <param name="name">The full name of the table.</param>
    public static TableSchema ViewAs(string name) => new(
        name,
        [
            new Field("id", FieldType.Text) { IsNullable = false },
            new Field("administrator", FieldType.Text) { IsNullable = false, Help = "Who looked." },
            new Field("user_name", FieldType.Text) { IsNullable = false, Label = "User", Help = "Through whose eyes." },
            new Field("started_at", FieldType.Instant) { IsNullable = false },
            new Field("ended_at", FieldType.Instant),
        ],
        ["id"])
    {
        Label = "Viewed as",
        LabelFields = ["administrator", "user_name"],
        IsSystem = true,
    };

    /// <summary>The shape of the grants table.</summary>
    /// <param name="name">The full name of the table.</param>
    public static TableSchema Grants(string name) => new(
        name,
        [
            new Field("id", FieldType.Text) { IsNullable = false },
            new Field("subject_kind", FieldType.Text) { IsNullable = false, Label = "For", Choices = ["user", "group", "everyone"] },
            new Field("subject", FieldType.Text) { MaxLength = 200, Help = "The user or group; empty for everyone." },
            new Field("effect", FieldType.Text) { IsNullable = false, Choices = ["allow", "deny"] },
            .. Access.TableActions.All.Select(a => new Field(Access.TableActions.Name(a), FieldType.Boolean) { IsNullable = false }),
            new Field("table_name", FieldType.Text) { Label = "Table", Help = "Empty for every table but Tandem's own." },
            new Field("fields", FieldType.Text) { Help = "The fields it is about, with commas between; empty for whole records." },
            new Field("filter", FieldType.Text) { Help = "The records it is about, as a filter; empty for all." },
            new Field("record_key", FieldType.Text) { Label = "Record", Help = "The key of the one record it is about." },
            new Field("note", FieldType.Text) { MaxLength = 500, Help = "What it is for." },
            new Field("record_number", FieldType.Integer) { IsReadOnly = true, Help = "The key again where it is a whole number, for the database to join by." },
        ],
        ["id"])
    {
        Label = "Grants",
        LabelFields = ["effect", "subject", "table_name"],
        IsSystem = true,
    };

    /// <summary>The shape of the views table.</summary>
    /// <param name="name">The full name of the table.</param>
    public static TableSchema Views(string name) => new(
        name,
        [
            new Field("id", FieldType.Text) { IsNullable = false },
            new Field("table_name", FieldType.Text) { IsNullable = false, Help = "The table it is a view of." },
            new Field("name", FieldType.Text) { IsNullable = false, MaxLength = 100 },
            new Field("owner", FieldType.Text) { IsNullable = false, Help = "Who made it." },
            new Field("audience", FieldType.Text) { IsNullable = false, Choices = ["mine", "role", "everyone", "columns"], Help = "Who sees it; “columns” is what its owner's plain list shows." },
            new Field("role", FieldType.Text) { Help = "The role that sees it." },
            new Field("is_default", FieldType.Boolean) { IsNullable = false, Help = "Whether the table opens with it." },
            new Field("query", FieldType.Text) { IsNullable = false, Help = "The part of the list's address after the question mark." },
        ],
        ["id"])
    {
        Label = "Views",
        LabelFields = ["name"],
        IsSystem = true,
    };

    /// <summary>The shape of the leases table.</summary>
    /// <param name="name">The full name of the table.</param>
    public static TableSchema Leases(string name) => new(
        name,
        [
            new Field("resource", FieldType.Text) { IsNullable = false, Help = "What is leased." },
            new Field("owner", FieldType.Text) { IsNullable = false, Help = "Who holds it." },
            new Field("token", FieldType.Integer) { IsNullable = false, Help = "The fencing token: a larger one for every new holder." },
            new Field("until", FieldType.Instant) { IsNullable = false, Help = "When it ends unless renewed." },
            new Field("taken_from", FieldType.Text) { Help = "Who held it before it was taken over." },
        ],
        ["resource"])
    {
        Label = "Leases",
        LabelFields = ["resource"],
        IsSystem = true,
    };
}
