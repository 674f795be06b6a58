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
