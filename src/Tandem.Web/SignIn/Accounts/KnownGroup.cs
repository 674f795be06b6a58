using Tandem.Records;

namespace Tandem.Web.SignIn.Accounts;

/// <summary>A group as the store knows it. Immutable.</summary>
/// <param name="Name">The name that grants go by.</param>
/// <param name="Label">What people read.</param>
/// <param name="Help">Who belongs in it, or null.</param>
internal sealed record KnownGroup(string Name, string Label, string? Help)
{
    public static KnownGroup? From(Record record) => record["name"] is string name
        ? new KnownGroup(name, record["label"] is string { Length: > 0 } label ? label : name, record["help"] as string)
        : null;
}

/// <summary>That somebody is in a group.</summary>
/// <param name="Group">The group.</param>
/// <param name="IsGroup">Whether the member is a group, whose members then belong too.</param>
/// <param name="Name">The member.</param>
internal sealed record Member(string Group, bool IsGroup, string Name)
{
    public RecordKey Key => KeyOf(Group, IsGroup, Name);

    public static RecordKey KeyOf(string group, bool isGroup, string name) => new(group, isGroup ? "group" : "user", name);

    public static Member Of(RecordKey key) => new((string)key.Values[0]!, key.Values[1] is "group", (string)key.Values[2]!);
}
