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

    /// <summary>
    /// Whether referring records belong to their target, as lines belong to an order: then they are edited in its form. Null: they do where
    /// several may refer to one target and the reference is part of their key, or they are deleted with the target, or it is required and
    /// their table is called after the target's. Default: null.
    /// </summary>
    public bool? IsOwned { get; init; }

    /// <summary>Whether records of <paramref name="child"/> belong to the record they refer to.</summary>
    public bool Owns(TableSchema child) => IsOwned ?? (Target != child.Name && child is { IsKeyless: false, ReadOnlyReason: null, IsView: false, IsSystem: false }
        && !IsAlone(child) && (Fields.Any(child.IsKeyField) || OnDelete == ReferenceAction.Cascade || (Fields.All(f => !child[f].IsNullable) && IsCalledAfter(child.Name, Target))));

    /// <summary>Whether at most one record refers to each target: such a one stands for itself.</summary>
    private bool IsAlone(TableSchema child) => (Fields.Count == 1 && child[Fields[0]].IsUnique)
        || child.UniqueKeys.Append(child.Key).Any(k => k.Count == Fields.Count && k.All(Fields.Contains));

    /// <summary><c>InvoiceLine</c> after <c>Invoice</c>, <c>order_lines</c> after <c>orders</c>.</summary>
    private static bool IsCalledAfter(string child, string target)
    {
        var one = target.EndsWith('s') ? target[..^1] : target;
        return child.Length > one.Length && child.StartsWith(one, StringComparison.OrdinalIgnoreCase);
    }

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
