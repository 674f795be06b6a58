using Tandem.Schema;

namespace Tandem.Tables;

/// <content>Who may sign in: users, groups and who is in them, tokens, links.</content>
public static partial class SystemTables
{
    /// <summary>Who may sign in.</summary>
    public const string UsersName = "users";

    /// <summary>Groups of users.</summary>
    public const string GroupsName = "groups";

    /// <summary>Who is in which group.</summary>
    public const string MembersName = "members";

    /// <summary>What programs present in place of a password.</summary>
    public const string TokensName = "tokens";

    /// <summary>Links that work once.</summary>
    public const string LinksName = "links";

    private static readonly HashSet<(string Table, string Field)> s_secrets =
        [(UsersName, "password_hash"), (UsersName, "token_digest"), (TokensName, "digest"), (SettingsName, "value")];

    /// <summary>Whether a field of Tandem's own tables never leaves the server.</summary>
    /// <param name="table">The table's short name.</param>
    /// <param name="field">The field.</param>
    public static bool IsSecret(string table, string field) => s_secrets.Contains((table, field));

    /// <summary>The shape of the users table.</summary>
    /// <param name="name">The full name of the table.</param>
    public static TableSchema Users(string name) => new(
        name,
        [
            new Field("name", FieldType.Text) { IsNullable = false, MaxLength = 200, Help = "The name that other people and the journal see." },
            new Field("role", FieldType.Text) { IsNullable = false, Choices = ["administrator", "editor", "viewer", "member"] },
            new Field("kind", FieldType.Text) { IsNullable = false, Choices = ["person", "service"], HasDefault = true, DefaultValue = "person" },
            new Field("email", FieldType.Text) { MaxLength = 320 },
            new Field("is_disabled", FieldType.Boolean) { IsNullable = false, HasDefault = true, DefaultValue = false, Help = "Whether nobody may sign in by this account for now." },
            new Field("may_use_api", FieldType.Boolean) { IsNullable = false, HasDefault = true, DefaultValue = true, Help = "Whether programs may ask with this account's tokens." },
            new Field("created_at", FieldType.Instant) { IsNullable = false },
            new Field("password_hash", FieldType.Text) { IsSecret = true },
            new Field("failed_sign_ins", FieldType.Integer) { IsNullable = false, HasDefault = true, DefaultValue = 0L, Help = "Wrong passwords in a row." },
            new Field("locked_until", FieldType.Instant) { Help = "When a password is looked at again after too many wrong ones." },
            new Field("stamp", FieldType.Text) { Help = "Sessions begun under another stamp have ended." },
            new Field("external_id", FieldType.Text) { Help = "Who this is at the OpenID provider." },
        ],
        ["name"])
    {
        Label = "Users",
        IsSystem = true,
    };

    /// <summary>The shape of the groups table.</summary>
    /// <param name="name">The full name of the table.</param>
    public static TableSchema Groups(string name) => new(
        name,
        [
            new Field("name", FieldType.Text) { IsNullable = false, MaxLength = 200, Help = "The name that grants go by." },
            new Field("label", FieldType.Text) { MaxLength = 200, Help = "What people read; the name where it is empty." },
            new Field("help", FieldType.Text) { Help = "Who belongs in it." },
        ],
        ["name"])
    {
        Label = "Groups",
        IsSystem = true,
    };

    /// <summary>The shape of the table that tells who is in which group.</summary>
    /// <param name="name">The full name of the table.</param>
    public static TableSchema Members(string name) => new(
        name,
        [
            new Field("group_name", FieldType.Text) { IsNullable = false, MaxLength = 200 },
            new Field("kind", FieldType.Text) { IsNullable = false, Choices = ["user", "group"] },
            new Field("member", FieldType.Text) { IsNullable = false, MaxLength = 200, Help = "The user, or the group whose members belong too." },
        ],
        ["group_name", "kind", "member"])
    {
        Label = "Members",
        IsSystem = true,
    };

    /// <summary>The shape of the tokens table.</summary>
    /// <param name="name">The full name of the table.</param>
    public static TableSchema Tokens(string name) => new(
        name,
        [
            new Field("id", FieldType.Text) { IsNullable = false },
            new Field("user_name", FieldType.Text) { IsNullable = false, MaxLength = 200 },
            new Field("name", FieldType.Text) { IsNullable = false, MaxLength = 200, Help = "What it is for." },
            new Field("digest", FieldType.Text) { IsNullable = false, IsSecret = true, IsUnique = true },
            new Field("scopes", FieldType.Text) { Help = "What it is good for, such as “view change:orders”; empty for all that the user may do." },
            new Field("created_at", FieldType.Instant) { IsNullable = false },
            new Field("expires_at", FieldType.Instant) { Help = "Empty for a token that ends only when it is revoked." },
            new Field("last_used_at", FieldType.Instant) { Help = "To the minute." },
            new Field("revoked_at", FieldType.Instant),
        ],
        ["id"])
    {
        Label = "Tokens",
        LabelFields = ["name"],
        IsSystem = true,
    };

    /// <summary>The shape of the table of links that work once.</summary>
    /// <param name="name">The full name of the table.</param>
    public static TableSchema SignInLinks(string name) => new(
        name,
        [
            new Field("digest", FieldType.Text) { IsNullable = false, Help = "The digest of the link's code; the code itself is kept nowhere." },
            new Field("user_name", FieldType.Text) { IsNullable = false, MaxLength = 200 },
            new Field("purpose", FieldType.Text) { IsNullable = false, Choices = ["console", "sign-in", "password"] },
            new Field("stamp", FieldType.Text) { Help = "The user's stamp when the link was made." },
            new Field("expires_at", FieldType.Instant) { IsNullable = false },
        ],
        ["digest"])
    {
        Label = "Links",
        IsSystem = true,
    };
}
