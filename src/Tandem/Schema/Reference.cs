namespace Tandem.Schema;

/// <summary>A foreign key: fields of one table that hold the key, or another unique set of fields, of a target table.</summary>
/// <param name="Fields">The referring fields, in the order of <paramref name="TargetFields"/>.</param>
/// <param name="Target">The name of the target table; may be the table itself.</param>
/// <param name="TargetFields">The fields of the target that are held.</param>
public sealed record Reference(IReadOnlyList<string> Fields, string Target, IReadOnlyList<string> TargetFields)
{
    /// <summary>The constraint's name in the source, or null.</summary>
    public string? Name { get; init; }

    /// <summary>What deleting the target does to referring records.</summary>
    public ReferenceAction OnDelete { get; init; }

    /// <summary>A field with the label people expect when it alone refers to another record.</summary>
    internal static Field Named(Field field, IEnumerable<Reference> references) =>
        references.Any(r => r.Fields.Count == 1 && r.Fields[0] == field.Name) ? field with { Label = Labels.ForReference(field.Label) } : field;
}

/// <summary>What the source does to referring records when their target goes.</summary>
public enum ReferenceAction
{
    /// <summary>The delete is refused.</summary>
    Refuse,

    /// <summary>Referring records are deleted too.</summary>
    Cascade,

    /// <summary>Referring fields become null.</summary>
    SetNull,

    /// <summary>Referring fields take their default.</summary>
    SetDefault,
}
