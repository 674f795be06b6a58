using System.Linq.Expressions;
using Tandem.Querying.Lambdas;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Querying;

/// <summary>A question to a table: which records, in which order, which page of them, which fields. Immutable.</summary>
public sealed record Query
{
    /// <summary>Which records. Default: all.</summary>
    public Filter Filter { get; init; } = Filter.All;

    /// <summary>The order; the key always follows, so that it is total. Default: by key.</summary>
    public IReadOnlyList<Order> Order { get; init; } = [];

    /// <summary>How many records at most. Default: 50.</summary>
    public int First { get; init; } = 50;

    /// <summary>A <see cref="Page.Next"/> or <see cref="Page.Previous"/> cursor to go on from, or null for the beginning (the end, when <see cref="Backward"/>).</summary>
    public string? After { get; init; }

    /// <summary>Whether to walk towards the beginning; records still come in the order asked for. Default: false.</summary>
    public bool Backward { get; init; }

    /// <summary>The fields to bring; the key's fields always come. Null for all.</summary>
    public IReadOnlyList<string>? Fields { get; init; }
}

/// <summary>One field to order by.</summary>
public sealed record Order(string Field, bool Descending = false)
{
    /// <summary>The field behind a property of a class: <c>Order.Of&lt;Product>(p => p.Price)</c>.</summary>
    /// <param name="property">The property.</param>
    /// <param name="descending">Whether the largest comes first.</param>
    /// <param name="schema">The table, to find fields by. Default: null, which goes by the class's own names and attributes.</param>
    /// <exception cref="FilterExpressionException">The lambda is not a property that is stored.</exception>
    public static Order Of<T>(Expression<Func<T, object?>> property, bool descending = false, TableSchema? schema = null) =>
        new(new LambdaFields(property.Parameters[0], schema).Of(property.Body).Field.Name, descending);
}

/// <summary>One page of records in the order asked for.</summary>
/// <param name="Records">The records.</param>
/// <param name="Next">The cursor of the page after this one, or null when this is the last.</param>
/// <param name="Previous">The cursor (to be used with <see cref="Query.Backward"/>) of the page before this one, or null when this is the first.</param>
public sealed record Page(IReadOnlyList<Record> Records, string? Next, string? Previous);

/// <summary>A query that cannot be answered because it is malformed: an unknown field, a cursor of another query.</summary>
public class QueryException(string field, string message) : TandemException(message)
{
    /// <summary>The field or query option at fault.</summary>
    public string Field { get; } = field;
}
