namespace Tandem.Schema;

/// <summary>What a field holds. Each type has one canonical .NET representation, named beside it.</summary>
/// <remarks>
/// A source may hold a value that does not fit its field (a text in an integer column of SQLite). Such a value travels
/// as what it is, so that it is shown and never lost; <see cref="Records.Values.Fits"/> tells the two apart.
/// </remarks>
public enum FieldType
{
    /// <summary><see cref="string"/>.</summary>
    Text,

    /// <summary><see cref="long"/>.</summary>
    Integer,

    /// <summary><see cref="decimal"/>.</summary>
    Decimal,

    /// <summary><see cref="double"/>.</summary>
    Float,

    /// <summary><see cref="bool"/>.</summary>
    Boolean,

    /// <summary><see cref="DateOnly"/>.</summary>
    Date,

    /// <summary><see cref="TimeOnly"/>.</summary>
    Time,

    /// <summary><see cref="System.DateTime"/> of unspecified kind: a calendar date and clock time without a zone.</summary>
    DateTime,

    /// <summary><see cref="DateTimeOffset"/> at offset zero: a point in time.</summary>
    Instant,

    /// <summary><see cref="Guid"/>.</summary>
    Uuid,

    /// <summary><see cref="string"/> holding a JSON text; equality is structural.</summary>
    Json,

    /// <summary><see cref="string"/> holding a JSON array text; <see cref="Field.ElementType"/> tells what is in it.</summary>
    Array,

    /// <summary><see cref="Records.Blob"/>: size and kind, with the content fetched on demand.</summary>
    Bytes,

    /// <summary><see cref="string"/>: the database's own text form of a type Tandem has no name for.</summary>
    Other,
}
