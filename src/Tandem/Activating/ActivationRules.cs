using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Activating;

/// <summary>The rules that an activatable table adds to its own.</summary>
internal static class ActivationRules
{
    public static IEnumerable<RecordRule> Of(TableSchema schema, Activation activation, TimeProvider clock)
    {
        if (activation.Mask is { } mask)
        {
            yield return RecordRule.CheckField(mask, value => WeekMask.TryParse(value as string, out _, out var fault) ? null : $"{schema[mask].Label} cannot be read: {fault}");
        }

        // A new record brings all there is to know, so it is right from the first moment. What a change sets may be any part of it; the keeper sees the whole.
        var times = new ActivationTimes(schema, activation);
        yield return RecordRule.Complete(values => Completed(schema, activation, times, values, clock.GetUtcNow()));
    }

    private static Patch Completed(TableSchema schema, Activation activation, ActivationTimes times, Patch values, DateTimeOffset now)
    {
        object? ValueOf(string field) => values.TryGetValue(field, out var given) ? given : schema[field].DefaultValue;
        if (activation.Switch is { } wanted && !values.ContainsKey(wanted) && schema[wanted].IsRequired)
        {
            // Whoever may not switch records on may still add them.
            values = values.With(wanted, false);
        }

        // A default that the database computes is known only once the record is stored.
        if (activation.IsKept && activation.Fields.All(f => f == activation.Active || values.ContainsKey(f) || !schema[f].HasDefault || schema[f].DefaultValue is not null))
        {
            return values.With(activation.Active, times.IsActive(ValueOf, now));
        }

        return values.ContainsKey(activation.Active) || !schema[activation.Active].IsRequired ? values : values.With(activation.Active, false);
    }
}
