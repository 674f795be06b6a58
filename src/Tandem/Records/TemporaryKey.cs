namespace Tandem.Records;

/// <summary>
/// Stands for a key that the source will number: in a new record's <see cref="RecordKey"/>, and as value of the fields that
/// refer to that record. Writes of one batch give way to the real key. Immutable; equal by its identity.
/// </summary>
public sealed record TemporaryKey(Guid Id)
{
    /// <summary>A new one, unlike any other.</summary>
    public static TemporaryKey New() => new(Guid.CreateVersion7());

    public override string ToString() => "new-" + Id.ToString("N");
}
