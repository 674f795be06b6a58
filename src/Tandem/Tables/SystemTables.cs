using Tandem.Schema;

namespace Tandem.Tables;

/// <summary>Tandem's own tables: short names and shapes. They live in schema <c>tandem</c> of PostgreSQL and under the prefix <c>tandem_</c> elsewhere.</summary>
public static class SystemTables
{
    /// <summary>Every committed change.</summary>
    public const string JournalName = "journal";

    /// <summary>Who may sign in, and with which token.</summary>
    public const string UsersName = "users";

    /// <summary>What Tandem keeps for itself: signing keys.</summary>
    public const string SettingsName = "settings";

    /// <summary>The shape of the users table.</summary>
    /// <param name="name">The full name of the table.</param>
    public static TableSchema Users(string name) => new(
        name,
        [
            new Field("name", FieldType.Text) { IsNullable = false, MaxLength = 200, Help = "The name that other people and the journal see." },
            new Field("role", FieldType.Text) { IsNullable = false, Choices = ["administrator", "editor", "viewer"] },
            new Field("token_digest", FieldType.Text) { IsSecret = true },
            new Field("created_at", FieldType.Instant) { IsNullable = false },
        ],
        ["name"])
    {
        Label = "Users",
        IsSystem = true,
    };
}
