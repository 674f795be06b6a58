using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Activating;

/// <summary>Whether a record is to be active at a moment, and when that turns. Pure; masks are read once each and few are kept.</summary>
internal sealed class ActivationTimes(TableSchema schema, Activation activation)
{
    private const int MostMasks = 1_000;
    private readonly Dictionary<string, WeekMask?> _masks = new(StringComparer.Ordinal);

    /// <summary>Is told of a mask that cannot be read, once: its text and what is wrong.</summary>
    public Action<string, string>? Unreadable { get; init; }

    /// <summary>Whether a record is to be active, by its values.</summary>
    public bool IsActive(Func<string, object?> value, DateTimeOffset now) =>
        (activation.Switch is null || value(activation.Switch) is true)
        && FilterEvaluator.Holds(Window(now, isSwitched: false), Of(value))
        && (activation.Mask is null || MaskOf(value(activation.Mask))?.Covers(now, activation.Zone) == true);

    /// <summary>The records that the switch and the window let be active, whatever their masks say.</summary>
    public Filter Window(DateTimeOffset now, bool isSwitched = true)
    {
        var filter = isSwitched && activation.Switch is { } wanted ? Filter.Eq(wanted, true) : Filter.All;
        if (activation.From is { } from)
        {
            filter &= Filter.Eq(from, null) | new Filter.Compare(from, CompareOperator.LessOrEqual, Passed(from, now));
        }

        if (activation.Until is { } until)
        {
            // A day counts to its end, a time only until it comes.
            var isDay = schema[until].Type == FieldType.Date;
            filter &= Filter.Eq(until, null) | new Filter.Compare(until, isDay ? CompareOperator.GreaterOrEqual : CompareOperator.Greater, Passed(until, now));
        }

        return filter;
    }

    /// <summary>Which values of a field of times are to come: theirs is the next turn that the field brings.</summary>
    public Filter ToCome(string field, DateTimeOffset now) =>
        new Filter.Compare(field, field == activation.Until && schema[field].Type == FieldType.Date ? CompareOperator.GreaterOrEqual : CompareOperator.Greater, Passed(field, now));

    /// <summary>When a value of a field of times makes records turn; null for none.</summary>
    public DateTimeOffset? TurnOf(string field, object? value) => value switch
    {
        DateTimeOffset instant => instant,
        DateTime wall => ZoneClock.First(activation.Zone, wall),
        DateOnly { DayNumber: var number } when field == activation.Until && number == DateOnly.MaxValue.DayNumber => null,
        DateOnly day => ZoneClock.First(activation.Zone, (field == activation.Until ? day.AddDays(1) : day).ToDateTime(TimeOnly.MinValue)),
        _ => null,
    };

    /// <summary>When a record turns next after a moment, as far as its times tell; null for never.</summary>
    public DateTimeOffset? Next(Func<string, object?> value, DateTimeOffset now) => Turns(value)
        .Append(activation.Mask is null ? null : MaskOf(value(activation.Mask))?.NextEdge(now, activation.Zone))
        .Where(t => t > now).Min();

    /// <summary>When a record's times made it what it is to be at a moment; the beginning of time where none did.</summary>
    public DateTimeOffset Since(Func<string, object?> value, DateTimeOffset now) => Turns(value)
        .Append(activation.Mask is null ? null : MaskOf(value(activation.Mask))?.LastEdge(now, activation.Zone))
        .Where(t => t <= now).Max() ?? DateTimeOffset.MinValue;

    /// <summary>The mask of a text; null where it cannot be read, and so never covers.</summary>
    public WeekMask? MaskOf(object? value)
    {
        var text = value as string ?? (value is null ? "" : ValueText.Plain(value));
        lock (_masks)
        {
            if (_masks.TryGetValue(text, out var known))
            {
                return known;
            }
        }

        if (!WeekMask.TryParse(text, out var mask, out var fault))
        {
            Unreadable?.Invoke(text, fault);
        }

        lock (_masks)
        {
            if (_masks.Count >= MostMasks)
            {
                _masks.Clear();
            }

            return _masks[text] = mask;
        }
    }

    private IEnumerable<DateTimeOffset?> Turns(Func<string, object?> value) =>
        new[] { activation.From, activation.Until }.OfType<string>().Select(f => TurnOf(f, value(f)));

    /// <summary>The latest value of a field of times that has passed, as the field holds it.</summary>
    private object Passed(string field, DateTimeOffset now) => schema[field].Type switch
    {
        FieldType.Instant => now.ToUniversalTime(),
        FieldType.Date => DateOnly.FromDateTime(ZoneClock.Passed(activation.Zone, now)),
        _ => ZoneClock.Passed(activation.Zone, now),
    };

    private Record Of(Func<string, object?> value) => new(schema, [.. schema.Fields.Select(f => f.Name == activation.From || f.Name == activation.Until ? value(f.Name) : null)]);
}
