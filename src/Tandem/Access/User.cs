namespace Tandem.Access;

/// <summary>Who is asking.</summary>
/// <param name="Name">The name that the journal and other people see.</param>
/// <param name="Role">What the user may do.</param>
public sealed record User(string Name, Role Role);

/// <summary>What a user may do with every table.</summary>
public enum Role
{
    /// <summary>Look.</summary>
    Viewer,

    /// <summary>Look, add, change and delete.</summary>
    Editor,

    /// <summary>Everything an editor may, on Tandem's own tables too, and administer: users, schema.</summary>
    Administrator,
}
