namespace Tandem.Changes;

/// <summary>A place in a feed, as opaque text that its source understands. Equal cursors are the same place.</summary>
public readonly record struct Cursor(string Value)
{
    public override string ToString() => Value ?? "";
}

/// <summary>A cursor names a place the journal no longer keeps, or never had. The reader starts over from a fresh read.</summary>
public sealed class CursorExpiredException(string message) : TandemException(message);
