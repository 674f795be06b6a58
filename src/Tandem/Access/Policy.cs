using System.Linq.Expressions;
using Tandem.Live;
using Tandem.Querying;
using Tandem.Querying.Lambdas;
using Tandem.Schema;

namespace Tandem.Access;

/// <summary>A right in code: which records of a table a user may act on, and which of their fields. Immutable once the application has started.</summary>
/// <remarks>It stands at the level of grants by filter, for everyone. Where a table has a policy for an action, what grants of the table, of everything and roles give does not count for it.</remarks>
public class Policy
{
    private static readonly TableAction[] s_all = [.. Enum.GetValues<TableAction>().Where(a => a != TableAction.Administer)];
    private readonly LambdaExpression _condition;

    private protected Policy(string table, LambdaExpression condition) => (Table, _condition) = (table, condition);

    /// <summary>The table.</summary>
    public string Table { get; }

    /// <summary>What it is about. Default: every action.</summary>
    public IReadOnlyCollection<TableAction> Actions { get; private protected set; } = s_all;

    /// <summary>The only fields that may be seen, or null for all. Default: null.</summary>
    internal IReadOnlyList<LambdaExpression>? Viewed { get; private protected set; }

    /// <summary>The only fields that may be changed, or null for all. Default: null.</summary>
    internal IReadOnlyList<LambdaExpression>? Changed { get; private protected set; }

    /// <summary>The records a user may act on.</summary>
    /// <exception cref="FilterExpressionException">A part of the condition has no counterpart among filters.</exception>
    internal Filter FilterOf(User user, TableSchema schema)
    {
        var body = new Replacing(_condition.Parameters[0], Expression.Constant(user)).Visit(_condition.Body);
        var filter = FilterLambda.Translate(Expression.Lambda(body, _condition.Parameters[1]), schema);
        return Locality.IsLocal(schema, filter)
            ? filter
            : throw new ArgumentException($"The policy of table '{schema.Name}' compares texts by an order or collation of the database, which memory cannot answer alike. Compare by equality, or change the column's collation.");
    }

    /// <summary>The fields that an action may not happen to under this policy.</summary>
    internal IEnumerable<string> Withheld(TableSchema schema, TableAction action)
    {
        var named = action is TableAction.Change or TableAction.Add or TableAction.Enable ? Changed : TableActions.IsLook(action) ? Viewed : null;
        if (named is null)
        {
            return [];
        }

        HashSet<string> allowed = [.. named.Select(f => new LambdaFields(f.Parameters[0], schema).Of(f.Body).Field.Name)];
        return schema.Fields.Select(f => f.Name).Where(f => !allowed.Contains(f) && (!schema.IsKeyField(f) || !TableActions.IsLook(action)));
    }

    private sealed class Replacing(ParameterExpression parameter, Expression value) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == parameter ? value : node;
    }
}

/// <summary>A policy over objects of a class, and what more can be said of it.</summary>
public sealed class Policy<T> : Policy
    where T : class
{
    internal Policy(string table, Expression<Func<User, T, bool>> condition)
        : base(table, condition)
    {
    }

    /// <summary>Says what it is about, in place of every action.</summary>
    public Policy<T> For(params TableAction[] actions)
    {
        Actions = [.. actions];
        return this;
    }

    /// <summary>Names the only fields that may be seen; key fields always may.</summary>
    public Policy<T> View(params Expression<Func<T, object?>>[] fields)
    {
        Viewed = fields;
        return this;
    }

    /// <summary>Names the only fields that may be written; those that may not be seen may not be written either.</summary>
    public Policy<T> Change(params Expression<Func<T, object?>>[] fields)
    {
        Changed = fields;
        return this;
    }
}
