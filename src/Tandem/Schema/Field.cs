namespace Tandem.Schema;

/// <summary>One field of a table: its name, type and rules. Immutable and safe to share between threads.</summary>
/// <param name="Name">The name in the source, exactly as the source spells it.</param>
/// <param name="Type">What the field holds.</param>
public sealed record Field(string Name, FieldType Type)
{
    /// <summary>What people read. Default: the name, made readable.</summary>
    public string Label { get; init; } = Labels.FromName(Name);

    /// <summary>A sentence of help shown with the field, or null.</summary>
    public string? Help { get; init; }

    /// <summary>The source's own name of the type (<c>numeric(10,2)</c>), or null when it has none.</summary>
    public string? NativeType { get; init; }

    /// <summary>Whether the field may be null. Default: true.</summary>
    public bool IsNullable { get; init; } = true;

    /// <summary>Whether nobody may write the field: generated columns, columns of views.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether the source provides a value when an insert leaves the field out.</summary>
    public bool HasDefault { get; init; }

    /// <summary>Whether the source numbers records in this field by itself.</summary>
    public bool IsIdentity { get; init; }

    /// <summary>The default as a value, when it is a constant; otherwise null.</summary>
    public object? DefaultValue { get; init; }

    /// <summary>Whether no two records share a value of this field alone.</summary>
    public bool IsUnique { get; init; }

    /// <summary>Longest text in code points, or null for no limit.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Shortest text in code points, or null for no limit.</summary>
    public int? MinLength { get; init; }

    /// <summary>Significant digits of a decimal, or null for no limit.</summary>
    public int? Precision { get; init; }

    /// <summary>Digits after the decimal point, or null for no limit.</summary>
    public int? Scale { get; init; }

    /// <summary>Smallest number allowed, or null.</summary>
    public decimal? Minimum { get; init; }

    /// <summary>Largest number allowed, or null.</summary>
    public decimal? Maximum { get; init; }

    /// <summary>A regular expression the whole text must match, or null.</summary>
    public string? Pattern { get; init; }

    /// <summary>The only values allowed, in the order people should see them, or null when anything of the type goes.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>What an array's elements are; null for every other type.</summary>
    public FieldType? ElementType { get; init; }

    /// <summary>Whether a text is expected to run over several lines.</summary>
    public bool IsLongText { get; init; }

    /// <summary>Whether the source orders this field's values as Tandem does in memory: numbers and times by value, text by code point. False for text under a language's collation. Default: true.</summary>
    public bool IsOrderedAlike { get; init; } = true;

    /// <summary>Whether the source calls the same values equal as Tandem does in memory. False for text whose collation or type calls more equal: letters of either case, trailing spaces. Default: true.</summary>
    public bool IsEqualAlike { get; init; } = true;

    /// <summary>Whether the value is left out of every answer: password hashes, token digests. Default: false.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether an insert must bring a value.</summary>
    public bool IsRequired => !IsNullable && !HasDefault && !IsReadOnly;
}
