using System.Data.Common;
using Tandem.Querying;
using Tandem.Schema;

namespace Tandem.Relational.Sql;

/// <summary>How one field is spelt, read, bound and compared in a database.</summary>
internal abstract class Column(Field field, string quoted)
{
    public Field Field { get; } = field;

    /// <summary>The column's quoted name.</summary>
    public string Quoted { get; } = quoted;

    /// <summary>The expression that a select list reads, such that <see cref="Read"/> understands it.</summary>
    /// <param name="prefix">An alias with its dot, or nothing.</param>
    /// <param name="digest">Whether a blob is summed up with its digest.</param>
    public abstract string Select(string prefix, bool digest);

    /// <summary>Reads the canonical value from a position of a row.</summary>
    public abstract object? Read(DbDataReader reader, int ordinal);

    /// <summary>Adds a value as parameter.</summary>
    /// <returns>The expression to assign it to this column.</returns>
    public abstract string Bind(SqlText sql, object? value);

    /// <summary>The column as an expression that can be compared and ordered.</summary>
    public virtual string Comparable(string prefix) => prefix + Quoted;

    /// <summary>Adds a value as parameter.</summary>
    /// <returns>The expression to compare it with <see cref="Comparable"/>.</returns>
    public virtual string BindComparable(SqlText sql, object? value) => Bind(sql, value);

    /// <summary>The condition that the column holds exactly this value, null included.</summary>
    public abstract string Holds(SqlText sql, string prefix, object? value);

    /// <summary>The column as text, for matching.</summary>
    public abstract string AsText(string prefix);

    /// <summary>An expression of a key as another table lists it (<see cref="KeyList.Field"/>) as a value of this column; null where it is none. Only for keys that <see cref="KeyList.Lists"/>.</summary>
    public abstract string FromListed(string listed);

    /// <summary>The expression that records of one group share. Every use of the same span is the same text.</summary>
    public abstract string GroupKey(string prefix, GroupSpan span);

    /// <summary>What a select list reads of <see cref="GroupKey"/>, such that <see cref="ReadGroup"/> understands it.</summary>
    public virtual string SelectGroup(string prefix, GroupSpan span) => span == GroupSpan.Value ? Select(prefix, digest: false) : GroupKey(prefix, span);

    /// <summary>Reads the value that a group's records share.</summary>
    public abstract object? ReadGroup(DbDataReader reader, int ordinal, GroupSpan span);

    /// <summary>The sum, the least or the greatest of the column's numbers, such that <see cref="ReadTotal"/> understands it.</summary>
    public abstract string Total(string prefix, TotalKind kind);

    /// <summary>How many numbers the column has.</summary>
    public abstract string CountNumbers(string prefix);

    /// <summary>Reads what <see cref="Total"/> gave.</summary>
    public abstract object? ReadTotal(DbDataReader reader, int ordinal, TotalKind kind);
}
