namespace Tandem.Records;

/// <summary>What is wrong with a value and what to do about it.</summary>
/// <param name="Field">The field's name; empty when the record as a whole is meant.</param>
/// <param name="Message">A sentence for people that names the remedy.</param>
public sealed record FieldError(string Field, string Message);
