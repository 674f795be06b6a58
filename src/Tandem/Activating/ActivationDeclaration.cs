using System.Linq.Expressions;
using Tandem.Querying.Lambdas;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Activating;

/// <summary>What was said at start of how a table's records are active: names, or lambdas that become names once the table is known.</summary>
internal sealed class ActivationDeclaration(string table)
{
    private static readonly FieldType[] s_times = [FieldType.Date, FieldType.DateTime, FieldType.Instant];

    public string Table { get; } = table;

    /// <summary>The fields by their part: the name, or the lambda.</summary>
    public Dictionary<ActivationPart, object> Parts { get; } = [];

    /// <summary>The time zone's name, or null for UTC.</summary>
    public string? Zone { get; set; }

    /// <summary>What the declaration comes to in a table; null with faults where it cannot be followed.</summary>
    public Activation? Resolve(TableSchema schema, List<string> faults)
    {
        var before = faults.Count;
        Dictionary<ActivationPart, string> names = [];
        foreach (var (part, said) in Parts)
        {
            if (NameOf(schema, said, faults) is not { } name)
            {
                continue;
            }

            if (schema.Find(name) is not { } field)
            {
                faults.Add($"Table '{Table}' has no field '{name}' to be its {Word(part)}. Name one of its fields.");
            }
            else if (!Fits(part, field.Type))
            {
                faults.Add($"Field '{name}' of table '{Table}' cannot be its {Word(part)}, which is {Kind(part)}. Name another field.");
            }
            else if (names.ContainsValue(name))
            {
                faults.Add($"Field '{name}' of table '{Table}' is named twice. Give each part of its activation a field of its own.");
            }
            else
            {
                names[part] = name;
            }
        }

        var zone = TimeZoneInfo.Utc;
        if (Zone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out zone!))
        {
            faults.Add($"There is no time zone '{Zone}' for table '{Table}'. Write it as Europe/Berlin.");
        }

        return faults.Count > before ? null : new Activation(
            names[ActivationPart.Active], names.GetValueOrDefault(ActivationPart.Switch), names.GetValueOrDefault(ActivationPart.From),
            names.GetValueOrDefault(ActivationPart.Until), names.GetValueOrDefault(ActivationPart.Mask)) { Zone = zone };
    }

    /// <summary>Checks declarations against the tables they are about, once, at start.</summary>
    /// <exception cref="ArgumentException">Some cannot be followed; all faults are named.</exception>
    public static void Check(IEnumerable<ActivationDeclaration> declarations, IDatabase database)
    {
        List<string> faults = [];
        foreach (var declaration in declarations)
        {
            if (database.Find(declaration.Table)?.Schema is not { } schema)
            {
                faults.Add($"There is no table '{declaration.Table}' to be activatable. Name one of the tables.");
            }
            else if (declaration.Resolve(schema, faults) is not null && schema.Activation is null)
            {
                faults.Add($"Table '{declaration.Table}' was made without being told that it is activatable. Set Activation in its schema.");
            }
        }

        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, faults));
        }
    }

    private string? NameOf(TableSchema schema, object said, List<string> faults)
    {
        if (said is string name)
        {
            return name;
        }

        try
        {
            var lambda = (LambdaExpression)said;
            return new LambdaFields(lambda.Parameters[0], schema).Of(lambda.Body).Field.Name;
        }
        catch (FilterExpressionException e)
        {
            faults.Add(e.Message);
            return null;
        }
    }

    private static bool Fits(ActivationPart part, FieldType type) => part switch
    {
        ActivationPart.Active or ActivationPart.Switch => type == FieldType.Boolean,
        ActivationPart.Mask => type == FieldType.Text,
        _ => s_times.Contains(type),
    };

    private static string Word(ActivationPart part) => part switch
    {
        ActivationPart.Active => "“active”",
        ActivationPart.Switch => "switch",
        ActivationPart.From => "“from”",
        ActivationPart.Until => "“until”",
        _ => "mask",
    };

    private static string Kind(ActivationPart part) => part switch
    {
        ActivationPart.Active or ActivationPart.Switch => "a yes or no",
        ActivationPart.Mask => "a text",
        _ => "a date, a date and time or an instant",
    };
}

/// <summary>A part of an activation.</summary>
internal enum ActivationPart
{
    Active,
    Switch,
    From,
    Until,
    Mask,
}
